import { once } from 'node:events'
import http from 'node:http'
import type { ApiServer } from '../api-server.ts'
import type { LocalListener } from '../forward/listen-locally.ts'
import { own, statusIn } from './own-answer.ts'

/** A Service, and its port, behind the Service proxy of an API server. */
export type ProxiedService = { namespace: string; name: string; port: number }

/** Requests through the Service proxy of an API server. */
export type ServiceProxy = LocalListener & {
  /** Why the API server did not pass requests on; undefined while it does. */
  broken(): ServiceProxyFailure | undefined
  /** Aborts when it does not. */
  signal: AbortSignal
}

/** The only request that is passed on. Others on this machine may see the port, and must not get further by it. */
export type OnlyRequest = { method: string; path: string }

/** A clause, and the HTTP status of the API server where it answered. */
export type ServiceProxyFailure = { why: string; status: number | undefined }

const LOOPBACK = '127.0.0.1'
/** Methods whose requests may be served twice (RFC 9110, 9.2.2). */
const REPEATABLE = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']
/** What belongs to a connection. */
const HOP = ['connection', 'keep-alive']

/** The path of the Service proxy, without the path of a request. */
export function proxyPath({ namespace, name, port }: ProxiedService): string {
  return `/api/v1/namespaces/${namespace}/services/http:${name}:${port}/proxy`
}

/**
 * Serves HTTP/1.1 on a free port of this machine, and passes each request on to a Service. An answer that the API server
 * made itself shows nothing about the Service: the request then stays open without an answer, and the way is broken.
 */
export async function serveLocally(
  api: Pick<ApiServer, 'passOn'>,
  service: ProxiedService,
  only: OnlyRequest,
): Promise<ServiceProxy> {
  const breaking = new AbortController()
  let failure: ServiceProxyFailure | undefined

  function breakOff(why: string, status?: number): void {
    failure ??= { why, status }
    breaking.abort()
  }

  async function serve(request: http.IncomingMessage, response: http.ServerResponse) {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const { method = 'GET', url = '/', rawHeaders } = request
    if (method !== only.method || url !== only.path) return void request.socket.destroy()
    const passed = {
      method,
      path: `${proxyPath(service)}${url}`,
      headers: without(rawHeaders, HOP),
      isRepeatable: REPEATABLE.includes(method),
    }
    try {
      const answer = await api.passOn(passed, gone.signal)
      await relay(answer, response)
    } catch (error) {
      if (!gone.signal.aborted) breakOff(error instanceof Error ? error.message : String(error))
    }
  }

  async function relay(answer: http.IncomingMessage, response: http.ServerResponse) {
    const { statusCode = 502, statusMessage = '', rawHeaders } = answer
    const mayBeOwn = statusCode >= 400 && own(answer.headers)
    if (!mayBeOwn) {
      response.writeHead(statusCode, statusMessage, without(rawHeaders, HOP))
      answer.on('error', () => response.socket?.resetAndDestroy())
      answer.pipe(response)
      return
    }
    const body = await wholeOf(answer)
    const status = statusIn(body, statusCode)
    if (status === undefined) {
      response.writeHead(
        statusCode,
        statusMessage,
        without(rawHeaders, [...HOP, 'transfer-encoding']),
      )
      response.end(body)
    } else if (status.isOfService) response.socket?.resetAndDestroy()
    else breakOff(status.message, statusCode)
  }

  const server = http.createServer((request, response) => {
    response.on('error', () => response.destroy())
    void serve(request, response)
  })
  server.listen(0, LOOPBACK)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no local address')
  return {
    host: LOOPBACK,
    port: address.port,
    broken: () => failure,
    signal: breaking.signal,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Headers, name and value in turn, without some of them. */
function without(headers: readonly string[], names: readonly string[]): string[] {
  return headers.filter((_, index) => {
    const name = headers[index - (index % 2)] ?? ''
    return !names.includes(name.toLowerCase())
  })
}

/** An answer of the API server itself is short. */
const MOST_OWN_BYTES = 64 * 1024

async function wholeOf(answer: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_OWN_BYTES) break
  }
  return Buffer.concat(chunks)
}
