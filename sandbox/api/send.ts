import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { ApiResponse } from './exchange.ts'
import type { Outcome } from './server.ts'

/** The status of what is sent; 0 where nothing is. */
export function statusOf(outcome: Outcome): number {
  if (outcome.kind === 'hang') return 0
  if (outcome.kind === 'upgraded') return 101
  return outcome.kind === 'piped' ? outcome.status : (outcome.response?.status ?? 0)
}

/** An answer as it is sent on a connection that the server has let go. */
export function headText({ status, headers, body }: ApiResponse): string {
  const all = status === 101 ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n')
}

/** Resolves to whether the whole answer was written. */
export async function send(
  outcome: Outcome,
  outgoing: ServerResponse,
  now: Date,
): Promise<boolean> {
  switch (outcome.kind) {
    case 'hang':
    case 'upgraded':
      return false
    case 'piped':
      return pipe(outcome, outgoing, now)
    case 'drop':
      outgoing.socket?.destroy()
      return false
    case 'truncate':
      writeHead(outgoing, outcome.response, now)
      await new Promise<void>((resolve) => {
        outgoing.write(Buffer.from(outcome.response.body).subarray(0, outcome.bytes), () =>
          resolve(),
        )
      })
      outgoing.socket?.destroy()
      return false
    case 'answer': {
      writeHead(outgoing, outcome.response, now)
      if (outgoing.destroyed) return false
      const finished = new Promise<boolean>((resolve) => {
        outgoing.once('finish', () => resolve(true))
        outgoing.once('close', () => resolve(outgoing.writableFinished))
      })
      outgoing.end(outcome.response.body)
      return finished
    }
  }
}

function writeHead(outgoing: ServerResponse, response: ApiResponse, now: Date): void {
  outgoing.writeHead(response.status, {
    'Audit-Id': randomUUID(),
    'Cache-Control': 'no-cache, private',
    ...response.headers,
    Date: now.toUTCString(),
    'Content-Length': String(Buffer.byteLength(response.body)),
  })
}

/** Passes an answer on. If it breaks off, so does what is sent. */
function pipe(
  { status, headers, body }: Extract<Outcome, { kind: 'piped' }>,
  outgoing: ServerResponse,
  now: Date,
): Promise<boolean> {
  outgoing.setHeader('Audit-Id', randomUUID())
  outgoing.setHeader('Cache-Control', 'no-cache, private')
  outgoing.setHeader('Date', now.toUTCString())
  for (const [name, value] of headers)
    if (name.toLowerCase() === 'date') outgoing.setHeader(name, value)
    else outgoing.appendHeader(name, value)
  outgoing.writeHead(status)
  return new Promise((resolve) => {
    outgoing.once('close', () => {
      if (typeof body !== 'string') body.destroy()
      resolve(outgoing.writableFinished)
    })
    if (typeof body === 'string') return void outgoing.end(body)
    body.on('error', () => outgoing.destroy())
    body.on('aborted', () => outgoing.destroy())
    body.pipe(outgoing)
  })
}
