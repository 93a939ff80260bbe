import { dig, isObject, type Json, type JsonObject, textAt } from '../objects/json.ts'

const HTTP = ['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']

/** Whether a Gateway's server speaks HTTP in plaintext. */
export function isPlainHttp(server: Json): boolean {
  return HTTP.includes(protocolOf(server))
}

/** Whether a Gateway's server terminates TLS for HTTP. */
export function isHttpsTerminated(server: Json): boolean {
  return protocolOf(server) === 'https' && tlsOf(server) !== undefined && !isPassthrough(server)
}

/** Whether TLS connections of a Gateway's server go to the destinations as they are. */
export function isPassthrough(server: Json): boolean {
  return ['PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(textAt(tlsOf(server), 'mode') ?? '')
}

/** Whether connections to a Gateway's server begin with TLS. A plaintext server has `tls` only to redirect. */
export function needsTls(server: Json): boolean {
  return tlsOf(server) !== undefined && !isPlainHttp(server)
}

export function tlsOf(server: Json): JsonObject | undefined {
  const tls = dig(server, 'tls')
  return isObject(tls) ? tls : undefined
}

function protocolOf(server: Json): string {
  return (textAt(server, 'port', 'protocol') ?? '').toLowerCase()
}
