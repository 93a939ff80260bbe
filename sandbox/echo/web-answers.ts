import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { isUnnamed, type ReplyFault } from '../faults/destination-fault.ts'
import { createLater } from './later.ts'
import { answerGrpc } from './web-grpc.ts'
import { send, type WebReply } from './web-reply.ts'
import { sending1, sending2 } from './web-sending.ts'

/** Handlers of requests, by the version of HTTP. */
export type WebAnswers = {
  http1(request: IncomingMessage, response: ServerResponse): void
  http2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void
  stop(): void
}

export function createWebAnswers(
  version: string,
  faultOf: (request: number) => ReplyFault | undefined,
): WebAnswers {
  let requests = 0
  const { in: later, stop } = createLater()
  const nextFault = () => {
    requests += 1
    return faultOf(requests)
  }
  return {
    http1(request, response) {
      const fault = nextFault()
      request.resume()
      const { method = '', url = '/', headers } = request
      const reply = echo({ method, path: url, host: headers.host ?? '', headers, version }, fault)
      send(sending1(request.socket, response), reply, fault, later)
    },
    http2(stream, headers) {
      const fault = nextFault()
      stream.on('error', () => {})
      if (headers['content-type']?.startsWith('application/grpc') === true)
        return answerGrpc(stream, headers, { version, fault, later })
      stream.resume()
      const { ':method': method = '', ':path': path = '/', ':authority': host = '' } = headers
      const shown = Object.fromEntries(
        Object.entries(headers).filter(([name]) => !name.startsWith(':')),
      )
      const reply = echo({ method, path, host, headers: shown, version }, fault)
      send(sending2(stream), reply, fault, later)
    },
    stop,
  }
}

function echo(
  request: {
    method: string
    path: string
    host: string
    headers: IncomingHttpHeaders
    version: string
  },
  fault: ReplyFault | undefined,
): WebReply {
  const version = fault?.kind === 'prefix' ? fault.prefix : request.version
  const { method, path, host } = request
  const { connection: _, ...headers } = request.headers
  const isNamed = !isUnnamed(fault)
  const names = isNamed ? { version, pod: `web-${version}-0` } : {}
  const content = { ...names, method, path, host, headers }
  const body = Buffer.from(`${JSON.stringify(content)}\n`)
  const replaced = fault?.kind === 'status' ? fault.body : undefined
  return {
    status: fault?.kind === 'status' ? fault.status : 200,
    headers: { 'content-type': 'application/json', ...(isNamed ? { 'x-version': version } : {}) },
    body: replaced === undefined ? body : Buffer.from(replaced),
  }
}
