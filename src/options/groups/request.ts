import { isIP } from 'node:net'
import type { HttpVersion, RequestHeader } from '../../evidence/probe/http/http-probe-settings.ts'
import type { ProbeInputs } from '../../evidence/probe/probe-inputs.ts'
import { type Given, option, PROBING } from '../option.ts'
import { parseHeaders } from '../parse/headers.ts'
import { oneOf } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const METHOD = option({
  name: 'probe-method',
  type: 'HTTP method',
  placeholder: 'METHOD',
  default: 'GET',
  text: 'The method of each request. Only with probe: http. Requests have no body.',
  modes: PROBING,
  parse: readMethod,
})

const PATH = option({
  name: 'probe-path',
  type: 'path, with its query',
  placeholder: 'PATH',
  brief: 'The path of each request. Default: /, or the health check of gRPC.',
  text: 'The path of each request. Default: / with probe: http, and /grpc.health.v1.Health/Check with probe: grpc, which is called with an empty message.',
  modes: PROBING,
  parse: readPath,
})

const HOST = option({
  name: 'probe-host',
  type: 'host name, without a port',
  placeholder: 'HOST',
  brief:
    'The host that requests and TLS ask for. Default: the first one without a wildcard that the object and the gateway admit.',
  text: 'The host that each request asks for, and the server name (SNI) of TLS. Default: the first host without a wildcard that the object and the gateway admit.',
  modes: PROBING,
  parse: readHost,
})

const HEADERS = option<readonly RequestHeader[]>({
  name: 'probe-headers',
  type: 'YAML mapping, header: value',
  placeholder: 'YAML',
  brief:
    'Further headers of each request. Values of authorization, cookie and *-token, *-key and *-secret are masked.',
  text: 'Further headers of each request. Values of authorization, cookie and names that end in -token, -key or -secret are masked. No cookie of a reply is kept.',
  modes: PROBING,
  shape: { mapping: 'texts' },
  parse: parseHeaders,
})

const VERSION = option<HttpVersion>({
  name: 'probe-http',
  type: '1.1 or 2',
  placeholder: '1.1|2',
  default: '1.1',
  text: 'The version of HTTP. Only with probe: http. Each request uses a new connection in both.',
  modes: PROBING,
  parse: oneOf('1.1', '2'),
})

/** What each request of HTTP or gRPC says. */
export const REQUEST_OPTIONS = [METHOD, PATH, HOST, HEADERS, VERSION]

export function readRequest(
  reader: Reader,
): Pick<ProbeInputs, 'method' | 'path' | 'host' | 'headers' | 'version'> {
  return {
    method: reader.withDefault(METHOD),
    path: reader.optional(PATH),
    host: reader.optional(HOST),
    headers: reader.optional(HEADERS) ?? [],
    version: reader.withDefault(VERSION),
  }
}

/** A method that opens a tunnel, or changes the protocol, has no reply like others. */
const OTHER_METHODS: readonly string[] = ['CONNECT', 'PRI']

function readMethod({ text, mustBe }: Given): string | undefined {
  return /^[A-Z][A-Z-]{0,31}$/.test(text) && !OTHER_METHODS.includes(text)
    ? text
    : mustBe('an HTTP method in upper case, such as GET, HEAD or POST')
}

const LONGEST_PATH = 8 * 1024

function readPath({ text, mustBe }: Given): string | undefined {
  return /^\/[!-~]*$/.test(text) && !text.includes('#') && text.length <= LONGEST_PATH
    ? text
    : mustBe(
        'a path that begins with /, without a scheme and a host, with spaces and other special characters as %20',
      )
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

function readHost({ text, mustBe }: Given): string | undefined {
  // A certificate, and SNI, have names without the final dot (RFC 6066, 3).
  const host = text.toLowerCase().replace(/\.$/, '')
  const labels = host.split('.')
  const isName = host.length <= 253 && labels.every((label) => LABEL.test(label))
  if (isName || isIP(host)) return host
  return mustBe('a host name such as shop.example.com, without a scheme, a port and wildcards')
}
