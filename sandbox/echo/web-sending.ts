import type { ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { reset } from '../mesh/reset.ts'
import type { Sending } from './web-reply.ts'

/** Sends on a connection in HTTP/1.1. */
export function sending1(socket: Socket, response: ServerResponse): Sending {
  return {
    start: (status, headers) => void response.writeHead(status, headers),
    write: (bytes) => void response.write(bytes),
    end: (bytes) => void response.end(bytes),
    reset: () => reset(socket),
    close: () => void socket.destroy(),
    isOpen: () => response.writable && !socket.destroyed,
  }
}

/** Sends on a stream in HTTP/2. */
export function sending2(stream: ServerHttp2Stream): Sending {
  return {
    start: (status, headers) => stream.respond({ ':status': status, ...headers }),
    write: (bytes) => void stream.write(bytes),
    end: (bytes) => void stream.end(bytes),
    reset: () => void stream.destroy(new Error('reset')),
    close: () => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    isOpen: () => !stream.destroyed && !stream.closed,
  }
}
