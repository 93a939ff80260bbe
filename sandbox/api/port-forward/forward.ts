import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerStream, serveSpdy } from './spdy-server.ts'

/** Where a port of a Pod can be connected to; undefined: nothing listens there. */
export type PlaceOf = (port: number) => Promise<{ host: string; port: number } | undefined>

/** Serves a port-forward, as a kubelet does: two streams for each connection, joined by their request's number. */
export function serveForward(pipe: Duplex, pod: string, placeOf: PlaceOf): void {
  const errors = new Map<string, ServerStream>()
  serveSpdy(pipe, (stream) => {
    const { streamtype, requestid = '', port = '' } = stream.headers
    if (streamtype === 'error') {
      errors.set(requestid, stream)
      return
    }
    const error = errors.get(requestid)
    errors.delete(requestid)
    if (error === undefined) return stream.reset()
    void join(stream, error, { pod, port: Number(port), placeOf })
  })
}

type Way = { pod: string; port: number; placeOf: PlaceOf }

async function join(
  stream: ServerStream,
  error: ServerStream,
  { pod, port, placeOf }: Way,
): Promise<void> {
  // What the client sends before there is a connection waits for it.
  const early: (Buffer | 'end' | 'reset')[] = []
  stream.onData = (bytes) => early.push(bytes)
  stream.onEnd = () => early.push('end')
  stream.onReset = () => early.push('reset')
  const fail = (why: string) => {
    error.write(Buffer.from(`error forwarding port ${port} to pod ${pod}, uid : ${why}`))
    error.end()
    stream.reset()
  }
  const place = await placeOf(port)
  if (place === undefined) {
    fail(refusedAt(port))
    return
  }
  const socket = connect({ ...place, allowHalfOpen: true })
  socket.setNoDelay()
  let connected = false
  stream.onData = (bytes) => socket.write(bytes)
  stream.onEnd = () => socket.end()
  stream.onReset = () => socket.destroy()
  for (const one of early) {
    if (one === 'end') socket.end()
    else if (one === 'reset') socket.destroy()
    else socket.write(one)
  }
  socket.on('connect', () => {
    connected = true
  })
  socket.on('data', (bytes) => stream.write(bytes))
  socket.on('end', () => stream.end())
  socket.on('error', (failure) => {
    const isRefused = 'code' in failure && failure.code === 'ECONNREFUSED'
    if (!connected) fail(isRefused ? refusedAt(port) : failure.message)
  })
  socket.on('close', (hadError) => {
    if (connected) {
      error.end()
      if (hadError) stream.reset()
    }
  })
}

/** As containerd says it. */
function refusedAt(port: number): string {
  const refused = (address: string) => `dial ${address}:${port}: connect: connection refused`
  return `failed to execute portforward in network namespace "/var/run/netns/cni-0": failed to connect to localhost:${port} inside namespace "0", IPv4: ${refused('tcp4 127.0.0.1')} IPv6 ${refused('tcp6 [::1]')} `
}
