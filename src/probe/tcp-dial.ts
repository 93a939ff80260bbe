import { lookup } from 'node:dns/promises'
import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import type { Endpoint, Expectation, ReplyUntil } from '../options/options.ts'
import { isClientLimit } from './client-limit.ts'
import type { Dial, Met } from './met.ts'
import { readReply } from './reply-reader.ts'

/** How one connection of `probe: tcp` is made. Times in milliseconds. */
export type TcpDialSettings = {
  /** Addresses of the endpoint's host; connections take them in turn. */
  addresses: readonly string[]
  port: number
  payload: Uint8Array
  replyUntil: ReplyUntil
  expect: readonly Expectation[]
  timeoutMs: number
}

const READ_BUFFER_BYTES = 16 * 1024

/**
 * Dials the addresses in turn: connect, send the payload, read one reply, close. The client's half
 * of the connection stays open until the reply is there: some servers drop the reply otherwise.
 */
export function tcpDial(settings: TcpDialSettings): Dial {
  const spare: Buffer[] = []
  let turn = 0
  return (done) => {
    const address = settings.addresses[turn % settings.addresses.length]
    turn += 1
    const buffer = spare.pop() ?? Buffer.allocUnsafe(READ_BUFFER_BYTES)
    const reader = readReply(settings.replyUntil, settings.expect)
    let ended = false

    function end(met: Met | undefined): void {
      if (ended) return
      ended = true
      clearTimeout(timer)
      spare.push(buffer)
      socket.destroy()
      if (met) done(met)
    }

    const onread: OnReadOpts = {
      buffer,
      callback(bytes) {
        if (ended) return false
        const text = reader.take(buffer.subarray(0, bytes))
        if (text !== undefined) end({ kind: 'reply', text })
        return !ended
      },
    }
    const socket: Socket = connect({ host: address, port: settings.port, noDelay: true, onread })
    const timer = setTimeout(() => end({ kind: 'timeout' }), settings.timeoutMs)
    socket.on('error', (error: NodeJS.ErrnoException) => end(failure(error)))
    socket.on('end', () => {
      const text = reader.end()
      end(text === undefined ? { kind: 'closed' } : { kind: 'reply', text })
    })
    socket.on('close', () => end({ kind: 'closed' }))
    if (settings.payload.length > 0) socket.write(settings.payload)
    return () => end(undefined)
  }
}

function failure(error: NodeJS.ErrnoException): Met {
  const code = error.code ?? error.message
  if (isClientLimit(code)) return { kind: 'client-limit', why: code }
  if (code === 'ECONNREFUSED') return { kind: 'refused' }
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset' }
  return { kind: 'failed', why: code }
}

/**
 * The addresses of a host to connect to. One is taken as it is; of several those that accept a
 * connection within the limit, so an IPv6 address that never answers beside an IPv4 one is left
 * out. Rejects with the system's own error where the name has none, or none of several answers.
 */
export async function usableAddresses(
  endpoint: Endpoint,
  limitMs: number,
  resolve: (host: string) => Promise<string[]> = addressesOf,
): Promise<string[]> {
  if (isIP(endpoint.host)) return [endpoint.host]
  const found = await resolve(endpoint.host)
  if (found.length === 1) return found
  const tries = await Promise.allSettled(
    found.map((address) => accepts(address, endpoint.port, limitMs)),
  )
  const usable = found.filter((_, index) => tries[index]?.status === 'fulfilled')
  const failed = tries.find((attempt) => attempt.status === 'rejected')
  if (usable.length === 0) throw failed?.reason ?? new Error(`${endpoint.host} has no address`)
  return usable
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

function accepts(address: string, port: number, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const timer = setTimeout(
      () => socket.destroy(new Error(`${address} did not answer within ${limitMs} ms`)),
      limitMs,
    )
    socket.once('connect', () => {
      resolve()
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => clearTimeout(timer))
  })
}
