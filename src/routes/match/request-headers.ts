import type { HttpRequest } from '../probe-request.ts'
import type { Undecided } from './answer.ts'

/** The values of a header when it is matched; none: it is missing. */
export type Presence = { values: readonly string[] } | Undecided

/**
 * Headers that a gateway sets or removes before it matches a request.
 * Source: envoy, ConnectionManagerUtility::mutateRequestHeaders.
 */
const SET_BY_GATEWAY =
  /^(?:x-forwarded-(?:for|proto|port|client-cert)|x-request-id|x-envoy-.*|x-b3-.*|traceparent|tracestate|b3)$/

/**
 * The values that a match on a header is compared with. `host` is the authority, and what begins with a colon is the
 * request's own.
 * Source: istio, translateMetadataMatch.
 */
export function valuesOfHeader(request: HttpRequest, name: string): Presence {
  if (name.startsWith('@')) return { why: `it depends on the token of the request (${name})` }
  const header = name.toLowerCase()
  const own = ownValue(request, header)
  if (own !== undefined) return { values: [own] }
  if (SET_BY_GATEWAY.test(header)) return { why: `the gateway may change the header ${header}` }
  return { values: request.headers.filter(([one]) => one === header).map(([, value]) => value) }
}

function ownValue(
  { authority, method, path, scheme }: HttpRequest,
  header: string,
): string | undefined {
  switch (header) {
    case 'host':
    case ':authority':
      return authority
    case ':method':
      return method
    case ':path':
      return path
    case ':scheme':
      return scheme
    default:
      return undefined
  }
}
