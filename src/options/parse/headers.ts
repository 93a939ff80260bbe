import type { RequestHeader } from '../../evidence/probe/http/http-probe-settings.ts'
import type { Given } from '../option.ts'
import { parseMapping } from './mapping.ts'

const EXAMPLE = 'a YAML mapping of header names to values, such as {x-version: v2}'
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
/** Visible characters, spaces and tabs. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** What the probe sets by itself, and what belongs to a connection and not to a request (RFC 9110, 7.6.1). */
const NOT_OWN: Readonly<Record<string, string>> = {
  host: 'Use probe-host.',
  connection: 'Each request uses a new connection.',
  'keep-alive': 'Each request uses a new connection.',
  'proxy-connection': 'Each request uses a new connection.',
  'content-length': 'Requests have no body.',
  'transfer-encoding': 'Requests have no body.',
  expect: 'Requests have no body.',
  trailer: 'Requests have no body.',
  upgrade: 'Use probe-http for HTTP/2.',
  'http2-settings': 'Use probe-http for HTTP/2.',
  te: 'probe: grpc sends it by itself.',
}

/** Request headers. Their values may be secrets, so no problem shows one. */
export function parseHeaders({ name: input, text, refuse }: Given): RequestHeader[] | undefined {
  const mapping = parseMapping(text)
  if ('why' in mapping)
    return refuse('ITS-PROBE-HEADERS-INVALID', () => `${input} must be ${EXAMPLE}. ${mapping.why}`)
  const headers = [...mapping].map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
  const wrong = headers.flatMap(([name, value], index) => {
    const earlier = headers.findIndex(([other]) => other === name)
    const why = whyNot(name, value) ?? (earlier < index ? 'is given twice' : undefined)
    return why === undefined ? [] : [{ name, why }]
  })
  for (const { name, why } of wrong)
    refuse('ITS-PROBE-HEADERS-INVALID', (shown) => `${input}: ${shown(name)} ${why}.`)
  return wrong.length > 0 ? undefined : headers
}

function whyNot(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'is not the name of a header'
  const instead = NOT_OWN[name]
  if (instead !== undefined) return `cannot be set. ${instead.slice(0, -1)}`
  if (!VALUE.test(value)) return 'has a value with a line break or another control character'
  return undefined
}
