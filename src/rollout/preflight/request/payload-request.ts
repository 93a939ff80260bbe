import type { HttpRequest } from '../../../routes/probe-request.ts'

/** What a payload asks for, as far as it decides which rule it hits. */
type Asked = Pick<HttpRequest, 'method' | 'authority' | 'path' | 'headers'>

const REQUEST_LINE = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+) (\S+) HTTP\/1\.[01]$/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)([^#]*)/i
/** Headers of the connection. A gateway removes them before it looks for a rule. */
const OF_CONNECTION = ['host', 'connection', 'keep-alive', 'proxy-connection', 'upgrade']

/** The first request of a payload; undefined where it does not begin with one of HTTP/1.0 or HTTP/1.1. */
export function payloadRequest(payload: Uint8Array): Asked | undefined {
  const [head = ''] = Buffer.from(payload)
    .toString('latin1')
    .split(/\r?\n\r?\n/, 1)
  const [first = '', ...lines] = head.replace(/\r?\n$/, '').split(/\r?\n/)
  const [, method, target] = REQUEST_LINE.exec(first) ?? []
  const fields = lines.map(fieldOf)
  if (method === undefined || target === undefined) return undefined
  const headers = fields.flatMap((field) => (field === undefined ? [] : [field]))
  if (headers.length < fields.length) return undefined
  const [, host, rest] = ABSOLUTE.exec(target) ?? []
  const own = headers.find(([name]) => name === 'host')?.[1]
  const authority = host ?? own
  if (authority === undefined) return undefined
  const path = host === undefined ? target : rest?.startsWith('/') ? rest : `/${rest ?? ''}`
  return { method, authority, path, headers: headers.filter(([name]) => !isOfConnection(name)) }
}

function fieldOf(line: string): readonly [name: string, value: string] | undefined {
  const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
  return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value]
}

function isOfConnection(name: string): boolean {
  return OF_CONNECTION.includes(name)
}
