import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** A received request with its whole body. */
export type Received = {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
  atMs: number
}

export type Answering = (response: ServerResponse, request: Received) => void

/** A plain HTTP server that gives one of these answers to each request, and the last one to all further requests. */
export async function scriptedServer(...script: Answering[]) {
  const received: Received[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      atMs: performance.now(),
    }
    const answer = script[Math.min(received.length, script.length - 1)]
    received.push(request)
    answer?.(response, request)
  })
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, port, received, connections: () => connections }
}

/** An answer of JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Answering {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

/** An answer with any text. */
export function text(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Answering {
  return (response) => {
    response.writeHead(status, headers)
    response.end(body)
  }
}

/** The connection is closed without an answer. */
export function dropped(): Answering {
  return (response) => response.destroy()
}

/** The head and half of the body, then the connection is closed. */
export function truncated(): Answering {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '20' })
    response.write('{"half":', () => response.destroy())
  }
}
