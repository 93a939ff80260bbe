import { createSecureContext } from 'node:tls'
import { isObject, type Json, type JsonObject, textAt } from '../../json.ts'

/** What a credential plugin gave. */
export type Credential = {
  token: string
  certificate: string
  key: string
  /** Milliseconds since 1970; Infinity: as long as the API server takes it. */
  expiresMs: number
}

/** The credential in a plugin's standard output. No message of it repeats a part of that, which may be a token. */
export function readCredential(output: string, apiVersion: string): Credential {
  // The parser's own error is replaced where it is shown.
  const given = JSON.parse(output.replace(/^\uFEFF/, '')) as Json
  const version = textAt(given, 'apiVersion')
  if (version !== undefined && version !== apiVersion)
    throw new Error(
      `it answers in another apiVersion than ${apiVersion}, which the kubeconfig asks for. Let the plugin write the kubeconfig again`,
    )
  const status = isObject(given) ? given.status : undefined
  if (!isObject(status)) throw new Error('it gives no status, in which the credentials belong')
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map(
    (field) => textAt(status, field) ?? '',
  )
  if (!token && !certificate && !key)
    throw new Error('it gives neither a token nor a certificate with its key')
  if (token && !/^[\x21-\x7e]+$/.test(token.trim()))
    throw new Error('its token is not one line of ASCII characters without blanks')
  if (!certificate !== !key) throw new Error('it gives only one of certificate and key')
  if (certificate && key && !isPair(certificate, key))
    throw new Error('its certificate and key (PEM) cannot be used together, or cannot be read')
  return {
    token: token ?? '',
    certificate: certificate ?? '',
    key: key ?? '',
    expiresMs: expiresMs(status),
  }
}

function isPair(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}

function expiresMs(status: JsonObject): number {
  const time = Date.parse(textAt(status, 'expirationTimestamp') ?? '')
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}
