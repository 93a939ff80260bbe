import http from 'node:http'
import type { Socket } from 'node:net'
import { readAnswer } from '../request/exchange.ts'
import { within } from '../within.ts'
import type { Tunnel } from './open-tunnel.ts'

/** How long one answer may take, and how many bytes it may have. */
export type AnswerLimits = { ms: number; bytes: number }

/** An answer with another status than 200. */
export class StatusError extends Error {
  readonly status: number

  constructor(path: string, status: number) {
    super(`GET ${path} answered ${status}`)
    this.status = status
  }
}

/**
 * Gets a path from an HTTP server in a Pod. Resolves with the text of a 200. Rejects for every other answer, and where none
 * comes, with an Error whose message is a clause; for another status a StatusError.
 */
export async function getThrough(
  tunnel: Pick<Tunnel, 'connect'>,
  { port, path }: { port: number; path: string },
  limits: AnswerLimits,
  signal: AbortSignal,
): Promise<string> {
  const connection = tunnel.connect(port)
  try {
    return await within({ ms: limits.ms, signal }, () =>
      exchanged(connection as Socket, path, limits.bytes),
    )
  } finally {
    connection.destroy()
  }
}

/** @param connection a stream, which is all of a socket that an HTTP client uses */
async function exchanged(connection: Socket, path: string, mostBytes: number): Promise<string> {
  const { status, text } = await new Promise<{ status: number; text: string }>(
    (resolve, reject) => {
      const request = http.get(
        {
          path,
          host: 'localhost',
          headers: { Connection: 'close' },
          createConnection: () => connection,
        },
        (response) => {
          readAnswer(request, response, mostBytes).then(resolve, reject)
        },
      )
      request.on('error', reject)
    },
  )
  if (status !== 200) throw new StatusError(path, status)
  return text
}
