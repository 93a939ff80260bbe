import { commandDial } from '../../../../../src/evidence/probe/command/command-dial.ts'

// Run by itself with few file descriptors: starts so many commands at once and prints what each met.
const dial = commandDial({
  commandLine: 'printf one',
  endpoint: { host: 'gateway', port: 1 },
  timeoutMs: 5000,
  environment: { PATH: process.env.PATH },
})
const met = await Promise.all(
  Array.from({ length: Number(process.argv[2]) }, () => new Promise((resolve) => dial(resolve))),
)
process.stdout.write(JSON.stringify(met))
