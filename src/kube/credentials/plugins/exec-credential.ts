import { createSecureContext } from 'node:tls'
import { isObject, type Json, type JsonObject, textAt } from '../../json.ts'

/** The credential that a plugin printed. */
export type Credential = {
  token: string
  certificate: string
  key: string
  /** Milliseconds since 1970; Infinity: as long as the API server accepts it. */
  expiresMs: number
}

/** The credential in a plugin's standard output. No error text repeats a part of the output, which may be a token. */
export function readCredential(output: string, apiVersion: string): Credential {
  // The parser's own error is replaced where it is shown.
  const given = JSON.parse(output.replace(/^\uFEFF/, '')) as Json
  const version = textAt(given, 'apiVersion')
  if (version !== undefined && version !== apiVersion)
    throw new Error(
      `its apiVersion is not ${apiVersion}, which the kubeconfig asks for. Let the plugin write the kubeconfig again`,
    )
  const status = isObject(given) ? given.status : undefined
  if (!isObject(status)) throw new Error('it has no status, which should hold the credentials')
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map(
    (field) => textAt(status, field) ?? '',
  )
  if (!token && !certificate && !key)
    throw new Error('it has neither a token nor a certificate with its key')
  if (token && !/^[\x21-\x7e]+$/.test(token.trim()))
    throw new Error('its token is not one line of ASCII characters without spaces')
  if (!certificate !== !key) throw new Error('it has only one of certificate and key')
  if (certificate && key && !isPair(certificate, key))
    throw new Error('its certificate and key are not a pair, or are not valid PEM')
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
