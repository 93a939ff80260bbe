import type { RouteSelector } from './options.ts'
import { saying, shownInput } from './problem.ts'
import type { Reader } from './reader.ts'

/** The input `route`: `tcp`, `tcp:PORT`, `tcp[I]`, and the same for tls (SNI) and http (a name). */
export function readRoute(reader: Reader): RouteSelector {
  const text = reader.given('route')
  return text === undefined ? { kind: 'any' } : (parseRoute(text) ?? wrong(reader, text))
}

/** undefined where the text names no rule. What is behind the first colon is literal. */
export function parseRoute(text: string): RouteSelector | undefined {
  const [, kind, name, position] = /^(tcp|tls|http)(?::([\s\S]+)|\[(\d{1,6})\])?$/.exec(text) ?? []
  if (kind === 'tls' || kind === 'http') return { kind, text }
  if (kind !== 'tcp') return undefined
  if (position !== undefined) return { kind, port: undefined, index: Number(position) }
  if (name === undefined) return { kind, port: undefined }
  const port = /^\d{1,5}$/.test(name) ? Number(name) : 0
  return port >= 1 && port <= 65535 ? { kind, port } : undefined
}

function wrong(reader: Reader, text: string): RouteSelector {
  reader.problems.push(
    saying(
      'route',
      `route must be tcp, tcp:PORT with a port from 1 to 65535, or tcp[I] with the position of the rule, from 0 as in the object. ${shownInput(text)} is none of these.`,
    ),
  )
  return { kind: 'any' }
}
