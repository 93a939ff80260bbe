import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { serverCertificate } from './certificate.ts'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { headText, send, statusOf } from './send.ts'

/** A request that the API server received, and its outcome. */
export type ApiCall = {
  method: string
  /** Path with its query. */
  path: string
  dryRun: boolean
  /** The status of the answer; 0 without an answer. */
  status: number
  user: string
  at: Date
  body: string
  userAgent: string
  /** Whether the whole answer was written to the connection. */
  answered: boolean
}

/** How a request ends: with an answer, or without a complete one. */
export type Outcome =
  /** `sent` is called when the whole answer was written. */
  | { kind: 'answer'; response: ApiResponse; sent?: () => void | Promise<void> }
  /** The connection is closed or reset without an answer. There is a `response` if the request was carried out. */
  | { kind: 'drop'; reset?: boolean; response?: ApiResponse }
  /** The head and `bytes` of the body are sent, then the connection is closed. */
  | { kind: 'truncate'; response: ApiResponse; bytes: number }
  /** The answer of another server is passed on. */
  | {
      kind: 'piped'
      status: number
      headers: readonly (readonly [name: string, value: string])[]
      body: Readable | string
    }
  /** Nothing is sent, and the connection stays. */
  | { kind: 'hang' }
  /** The connection becomes one of another protocol. */
  | { kind: 'upgraded'; headers: Readonly<Record<string, string>>; serve: (pipe: Duplex) => void }

/** Decides how a request ends. `upgrades`: it is to make its connection one of another protocol. */
export type Respond = (request: ApiRequest, upgrades: boolean) => Promise<Outcome>

export type ApiServer = {
  server: string
  /** PEM of the authority that signed the server's certificate. */
  authority: string
  stop(): Promise<void>
}

/** Starts an HTTPS server on 127.0.0.1 that records every request in `calls` and answers as `respond` says. */
export async function startApiServer(options: {
  port: number
  calls: ApiCall[]
  now: () => Date
  userOf: (authorization: string | undefined) => string
  respond: Respond
}): Promise<ApiServer> {
  const { authority, certificate, key } = await serverCertificate()
  const server = createServer({ key, cert: certificate, ALPNProtocols: ['http/1.1'] })
  // The real one keeps idle connections for minutes.
  server.keepAliveTimeout = 180_000
  server.on('request', async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // A client may disconnect at any moment, which is part of what is tested here.
    incoming.on('error', () => {})
    outgoing.on('error', () => {})
    const request = await read(incoming, options.userOf).catch(() => undefined)
    if (request === undefined) return
    try {
      await serve(request, outgoing)
    } catch (error) {
      // A callback that throws is a mistake in a test and must not look like a fault, so it is not caught.
      outgoing.destroy()
      throw error
    }
  })
  server.on('tlsClientError', () => {})
  // Only what is below TLS can be reset. By the port of its client.
  const sockets = new Map<number, Socket>()
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket
    if (remotePort === undefined) return
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })

  const record = (request: ApiRequest): ApiCall => {
    const call: ApiCall = {
      method: request.method,
      path: request.path,
      dryRun: request.dryRun,
      status: 0,
      user: request.user,
      at: options.now(),
      body: request.body,
      userAgent: request.headers['user-agent'] ?? '',
      answered: false,
    }
    options.calls.push(call)
    return call
  }
  const upgraded = new Set<Duplex>()
  server.on('upgrade', async (incoming: IncomingMessage, pipe: Duplex, head: Buffer) => {
    pipe.on('error', () => pipe.destroy())
    upgraded.add(pipe)
    pipe.on('close', () => upgraded.delete(pipe))
    if (head.length > 0) pipe.unshift(head)
    const request = requestOf(incoming, '', options.userOf)
    const call = record(request)
    const outcome = await options.respond(request, true)
    if (outcome.kind === 'hang') return
    if (outcome.kind !== 'answer' && outcome.kind !== 'upgraded') return void pipe.destroy()
    Object.assign(call, { status: statusOf(outcome), answered: true })
    if (outcome.kind === 'answer') return void pipe.end(headText(outcome.response))
    const headers = { ...outcome.headers, Connection: 'Upgrade' }
    pipe.write(headText({ status: 101, headers, body: '' }))
    outcome.serve(pipe)
  })

  const serve = async (request: ApiRequest, outgoing: ServerResponse) => {
    const call = record(request)
    const outcome = await options.respond(request, false)
    call.status = statusOf(outcome)
    const raw = sockets.get(outgoing.socket?.remotePort ?? 0)
    if (outcome.kind === 'drop' && outcome.reset && raw !== undefined) raw.resetAndDestroy()
    else call.answered = await send(outcome, outgoing, options.now())
    if (call.answered && outcome.kind === 'answer') await outcome.sent?.()
  }

  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    server: `https://127.0.0.1:${port}`,
    authority,
    async stop() {
      const closed = once(server, 'close')
      for (const pipe of upgraded) pipe.destroy()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function read(
  incoming: IncomingMessage,
  userOf: (authorization: string | undefined) => string,
): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return requestOf(incoming, Buffer.concat(chunks).toString('utf8'), userOf)
}

function requestOf(
  incoming: IncomingMessage,
  body: string,
  userOf: (authorization: string | undefined) => string,
): ApiRequest {
  const path = incoming.url ?? '/'
  return {
    method: incoming.method ?? 'GET',
    path,
    headers: incoming.headers,
    body,
    dryRun: new URL(path, 'https://sandbox').searchParams.getAll('dryRun').includes('All'),
    user: userOf(incoming.headers.authorization),
  }
}
