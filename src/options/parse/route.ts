import type { RouteSelector } from '../../routes/wanted.ts'

/**
 * `tcp`, `tcp:PORT`, `tcp[I]`, the same for tls with an SNI and http with a name, and `rule:NAME` and `rule[I]`; undefined
 * for any other text.
 */
export function parseRoute(text: string): RouteSelector | undefined {
  // Text after the first colon is literal.
  const [, kind, name, position] =
    /^(tcp|tls|http|rule)(?::([\s\S]+)|\[(\d{1,6})\])?$/.exec(text) ?? []
  if (kind !== 'tcp' && kind !== 'tls' && kind !== 'http' && kind !== 'rule') return undefined
  if (position !== undefined) return { kind, index: Number(position) }
  if (name === undefined) return kind === 'rule' ? undefined : { kind }
  return kind !== 'tcp' || isPort(name) ? { kind, text: name } : undefined
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
}
