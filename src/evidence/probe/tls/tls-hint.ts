import type { FailureCause } from '../connection-outcome.ts'
import type { TlsSettings } from './tls-settings.ts'

/** Which input to check where a failure shows something about TLS; empty where it does not. */
export function tlsHint(tls: TlsSettings | undefined, cause: FailureCause | undefined): string {
  const name = tls?.serverName ?? 'the name'
  switch (cause) {
    case 'untrusted':
      return 'If an authority of your own has issued the certificate, set probe-ca to the certificate of that authority. '
    case 'expired':
      return "Renew the gateway's certificate, or check the clock of this machine. "
    case 'other name':
      return `Set probe-host to a name that the certificate has, or give the gateway a certificate for ${name}. `
    case 'unknown name':
      return `Check that a server of the gateway has the host ${name}, and a certificate for it. `
    case 'client certificate':
      return tls?.client === undefined
        ? 'If the server requires a certificate of the client (MUTUAL), set probe-cert and probe-key. '
        : 'Check that the server trusts the authority that issued probe-cert. '
    case 'expects plaintext':
      return 'The port does not speak TLS. Set probe-tls: false, or check the port. '
    case 'expects TLS':
      return 'The port speaks TLS. Set probe-tls: true. '
    default:
      return ''
  }
}

/** Why a connection may end before a reply, as far as TLS is concerned. */
export function endedHint(tls: TlsSettings | undefined): string {
  return tls === undefined
    ? 'The port may expect TLS (probe-tls: true). '
    : `The gateway may have no server or route for ${tls.serverName ?? 'connections without a name'} (probe-host), or the port may not speak TLS (probe-tls: false). `
}
