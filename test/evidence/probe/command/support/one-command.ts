import { commandDial } from '../../../../../src/evidence/probe/command/command-dial.ts'

// Run by itself, to be killed: dials a command that does not end.
const dial = commandDial({
  commandLine: process.argv[2] ?? '',
  endpoint: { host: '127.0.0.1', port: 1 },
  timeoutMs: 60_000,
  environment: { PATH: process.env.PATH },
})
dial(() => undefined)
