/** How a probe speaks TLS. */
export type TlsSettings = {
  /** The name that the certificate must have, and that the handshake sends (SNI). Undefined: it sends none. */
  serverName: string | undefined
  /** PEM of the certificates to trust; undefined: those that Node and the system trust. */
  ca: string | undefined
  /** PEM of the client's certificate, with its chain, and of its key. */
  client: { cert: string; key: string } | undefined
  /** Whether a certificate that cannot be verified is accepted. */
  insecure: boolean
  /** The files that certificates and key were read from. */
  files?: { ca?: string; cert?: string; key?: string }
}
