import { startMatching } from '../../../../../src/evidence/probe/match-replies.ts'
import { tcpDial } from '../../../../../src/evidence/probe/tcp/tcp-dial.ts'

// Run by itself with few file descriptors: dials so many connections at once and prints what each met.
const [port, count] = process.argv.slice(2).map(Number)
const dial = tcpDial({
  addresses: ['127.0.0.1'],
  port: port ?? 0,
  payload: new Uint8Array(),
  replyUntil: 'newline',
  match: startMatching([]),
  timeoutMs: 1000,
})
const met = await Promise.all(
  Array.from({ length: count ?? 0 }, () => new Promise((resolve) => dial(resolve))),
)
process.stdout.write(JSON.stringify(met))
