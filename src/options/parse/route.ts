import type { RouteSelector } from '../../routes/wanted.ts'

/** `tcp`, `tcp:PORT`, `tcp[I]`, and the same for tls (SNI) and http (a name); undefined for any other text. */
export function parseRoute(text: string): RouteSelector | undefined {
  // Text after the first colon is literal.
  const [, kind, name, position] = /^(tcp|tls|http)(?::([\s\S]+)|\[(\d{1,6})\])?$/.exec(text) ?? []
  if (kind === 'tls' || kind === 'http') return { kind, text }
  if (kind !== 'tcp') return undefined
  if (position !== undefined) return { kind, port: undefined, index: Number(position) }
  if (name === undefined) return { kind, port: undefined }
  const port = /^\d{1,5}$/.test(name) ? Number(name) : 0
  return port >= 1 && port <= 65535 ? { kind, port } : undefined
}
