import type { RequestHeader } from '../../evidence/probe/http/http-probe-settings.ts'
import type { Code } from '../../problem/codes.ts'
import type { Given } from '../option.ts'
import { parseMapping } from './mapping.ts'

const EXAMPLE = 'a YAML mapping of header names to values, such as {x-version: v2}'
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
/** Visible characters, spaces and tabs. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Which headers an input takes. */
type HeaderRules = {
  code: Code
  /** Headers that cannot be set, in lower case, and what to do instead. */
  notOwn: Readonly<Record<string, string>>
}

/** What the probe sets by itself, and what belongs to a connection and not to a request (RFC 9110, 7.6.1). */
const OF_PROBE: Readonly<Record<string, string>> = {
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

/** Headers of a probe's requests. */
export function parseHeaders(given: Given): RequestHeader[] | undefined {
  return readHeaders(given, { code: 'ITS-PROBE-HEADERS-INVALID', notOwn: OF_PROBE })
}

/** Request headers. Their values may be secrets, so no problem shows one. */
export function readHeaders(
  { name: input, text, refuse }: Given,
  { code, notOwn }: HeaderRules,
): RequestHeader[] | undefined {
  const mapping = parseMapping(text)
  if ('why' in mapping) return refuse(code, () => `${input} must be ${EXAMPLE}. ${mapping.why}`)
  const headers = [...mapping].map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
  const wrong = headers.flatMap(([name, value], index) => {
    const earlier = headers.findIndex(([other]) => other === name)
    const why = whyNot(name, value, notOwn) ?? (earlier < index ? 'is given twice' : undefined)
    return why === undefined ? [] : [{ name, why }]
  })
  for (const { name, why } of wrong) refuse(code, (shown) => `${input}: ${shown(name)} ${why}.`)
  return wrong.length > 0 ? undefined : headers
}

function whyNot(name: string, value: string, notOwn: HeaderRules['notOwn']): string | undefined {
  if (!NAME.test(name)) return 'is not the name of a header'
  const instead = Object.hasOwn(notOwn, name) ? notOwn[name] : undefined
  if (instead !== undefined) return `cannot be set. ${instead.slice(0, -1)}`
  if (!VALUE.test(value))
    return 'has a value with a character that a header cannot have, such as a line break'
  return undefined
}
