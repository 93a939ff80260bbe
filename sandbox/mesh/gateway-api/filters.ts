import {
  dig,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  textAt,
  textsAt,
} from '../../objects/json.ts'
import { Unusable } from './backends.ts'

/** The headers of Istio's rule or destination for filters, and the rest of the filters. */
export function headersOf(filters: readonly Json[]): JsonObject | undefined {
  const headers: JsonObject = {}
  for (const filter of filters) {
    const type = textAt(filter, 'type')
    if (type === 'RequestHeaderModifier')
      headers.request = operations(dig(filter, 'requestHeaderModifier'))
    if (type === 'ResponseHeaderModifier')
      headers.response = operations(dig(filter, 'responseHeaderModifier'))
  }
  return Object.keys(headers).length === 0 ? undefined : headers
}

/** Throws Unusable for a filter that istiod does not know for a backend. */
export function backendHeaders(backend: Json): JsonObject | undefined {
  const filters = listAt(backend, 'filters')
  refuseOthers(filters, ['RequestHeaderModifier', 'ResponseHeaderModifier'])
  return headersOf(filters)
}

/** Throws Unusable for a filter of another type. */
export function refuseOthers(filters: readonly Json[], known: readonly string[]): void {
  const types = filters.map((one) => textAt(one, 'type') ?? '')
  const other = types.find((type) => !known.includes(type))
  if (other !== undefined)
    throw new Unusable('InvalidFilter', `unsupported filter type ${JSON.stringify(other)}`)
}

/** Of equal names, the first one counts. */
function operations(modifier: Json | undefined): JsonObject {
  const mapOf = (field: string): JsonObject => {
    const map: JsonObject = {}
    for (const one of listAt(modifier, field)) {
      const name = (textAt(one, 'name') ?? '').toLowerCase()
      if (!(name in map)) map[name] = textAt(one, 'value') ?? ''
    }
    return map
  }
  return { set: mapOf('set'), add: mapOf('add'), remove: textsAt(modifier, 'remove') }
}

/** Source: istio, createRedirectFilter. */
export function redirectOf(filter: Json): JsonObject {
  const redirect = dig(filter, 'requestRedirect')
  const port = numberAt(redirect, 'port')
  const scheme = textAt(redirect, 'scheme')
  const derived = scheme === undefined ? 'FROM_REQUEST_PORT' : 'FROM_PROTOCOL_DEFAULT'
  const whole = textAt(redirect, 'path', 'replaceFullPath')
  const prefix = textAt(redirect, 'path', 'replacePrefixMatch')
  return withoutMissing({
    redirectCode: numberAt(redirect, 'statusCode'),
    authority: textAt(redirect, 'hostname'),
    scheme,
    port,
    derivePort: port === undefined ? derived : undefined,
    uri: whole,
    prefixRewrite: prefix,
  })
}

/** Source: istio, createRewriteFilter. */
export function rewriteOf(filter: Json): JsonObject | undefined {
  const rewrite = dig(filter, 'urlRewrite')
  if (!isObject(rewrite)) return undefined
  const prefix = textAt(rewrite, 'path', 'replacePrefixMatch')
  const whole = textAt(rewrite, 'path', 'replaceFullPath')
  return withoutMissing({
    uri: prefix === undefined ? undefined : prefix.replace(/\/$/, '') || '/',
    uriRegexRewrite: whole === undefined ? undefined : { match: '/.*', rewrite: whole },
    authority: textAt(rewrite, 'hostname'),
  })
}

export function withoutMissing(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: JsonObject = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value
  return kept
}
