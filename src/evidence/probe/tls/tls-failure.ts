import { failureOf } from '../connection/failure-of.ts'
import type { ConnectionOutcome, FailureCause } from '../connection-outcome.ts'

/** What is wrong, by the code of OpenSSL or Node. */
const CAUSES: Readonly<Record<string, [cause: FailureCause, why: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['untrusted', 'the certificate is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['untrusted', 'a certificate of the chain is self-signed'],
  UNABLE_TO_GET_ISSUER_CERT: ['untrusted', 'the certificate of the issuer is unknown'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['untrusted', 'the certificate of the issuer is unknown'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['untrusted', 'the certificate of the issuer is unknown'],
  CERT_UNTRUSTED: ['untrusted', 'the certificate is not trusted'],
  INVALID_CA: ['untrusted', 'the issuer is no certificate authority'],
  CERT_HAS_EXPIRED: ['expired', 'the certificate has expired'],
  CERT_NOT_YET_VALID: ['expired', 'the certificate is not valid yet'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['other name', 'the certificate is for another name'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['expects plaintext', 'the server does not speak TLS'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['expects plaintext', 'the server does not speak TLS'],
  ERR_SSL_INVALID_ALERT: ['expects plaintext', 'the server does not speak TLS'],
  ERR_SSL_UNEXPECTED_MESSAGE: ['expects plaintext', 'the server does not speak TLS'],
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: ['unknown name', 'the server has no certificate for the name'],
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: [
    'unknown name',
    'the server has no certificate for the name',
  ],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    'client certificate',
    'the server requires a certificate of the client',
  ],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: [
    'client certificate',
    'the server does not trust the issuer of the certificate of the client',
  ],
  ERR_SSL_SSL_TLSV1_ALERT_UNKNOWN_CA: [
    'client certificate',
    'the server does not trust the issuer of the certificate of the client',
  ],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: [
    'client certificate',
    'the server refuses the certificate of the client',
  ],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: [
    'client certificate',
    'the server refuses the certificate of the client',
  ],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: [
    'client certificate',
    'the certificate of the client has expired',
  ],
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: [
    'other protocol',
    'the server does not offer this version of HTTP (ALPN)',
  ],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: [
    'client certificate',
    'the server ended the handshake, for lack of a certificate of the client or of a common cipher',
  ],
}

const DISCONNECTED = 'ECONNRESET'

/** How a TLS connection ended that met an error. */
export function tlsFailure(error: NodeJS.ErrnoException): ConnectionOutcome {
  const { code = '', message, syscall } = error
  const [cause, why] = CAUSES[code] ?? []
  if (cause !== undefined && why !== undefined) {
    const detail = cause === 'other name' ? `: ${message}` : ''
    return { kind: 'tls', cause, why: `${why}${detail} (${code})` }
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.startsWith('CERT_'))
    return { kind: 'tls', why: `${message} (${code})` }
  // Node's own error where the server has ended the stream inside of the handshake; a reset is one of a system call.
  if (code === DISCONNECTED && syscall === undefined) return { kind: 'closed' }
  return failureOf(error)
}
