import { appendFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { NOTED_FILE } from './noted-connections.ts'

/** Loaded into a process before its program: notes every address that it connects to. */

const file = process.env[NOTED_FILE] ?? ''
const { connect } = Socket.prototype

Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
  // Node's own modules pass the arguments as one list.
  const [first, second] = Array.isArray(given[0]) ? given[0] : given
  appendFileSync(file, `${addressOf(first, second)}\n`)
  return Reflect.apply(connect, this, given)
} as typeof connect

function addressOf(first: unknown, second: unknown): string {
  if (typeof first !== 'object' || first === null) return `${String(second)}:${String(first)}`
  const { host, port, path } = first as Readonly<Record<string, unknown>>
  return port === undefined ? String(path) : `${String(host)}:${String(port)}`
}
