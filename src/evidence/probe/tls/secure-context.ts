import * as tls from 'node:tls'
import type { TlsSettings } from './tls-settings.ts'

/**
 * Node's groups, with X25519 first. The first one is computed for each connection, and post-quantum keys take twice as
 * long as all the rest of a handshake. A server that requires them asks for them. The second list is for OpenSSL 3.0.
 */
const GROUPS = ['X25519:P-256:P-384:P-521:X25519MLKEM768', 'X25519:P-256:P-384:P-521']

/** What connections of these settings share. Throws where a certificate or key cannot be used. */
export function secureContext({ ca, client }: Pick<TlsSettings, 'ca' | 'client'>) {
  const trusted = ca ?? nodeAndSystem()
  const [first = '', second = ''] = GROUPS
  const options = { ...(trusted === undefined ? {} : { ca: trusted }), ...client }
  return tls.createSecureContext({ ...options, ecdhCurve: knowsGroups(first) ? first : second })
}

function knowsGroups(groups: string): boolean {
  try {
    tls.createSecureContext({ ecdhCurve: groups })
    return true
  } catch {
    return false
  }
}

/** The certificates that Node and the system trust; undefined before Node 22.15: those of Node alone. */
function nodeAndSystem(): string[] | undefined {
  const { getCACertificates } = tls
  if (typeof getCACertificates !== 'function') return undefined
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
}
