import { generate } from 'selfsigned'

/** PEM texts for a server on the loopback addresses, and of the authority that signed it. */
export type Certificate = { authority: string; certificate: string; key: string }

let made: Promise<Certificate> | undefined

/**
 * A certificate for 127.0.0.1 and localhost. It is created once for each process, because that is the slowest part of a
 * start.
 */
export function serverCertificate(): Promise<Certificate> {
  made ??= make()
  return made
}

async function make(): Promise<Certificate> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'sandbox-ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  })
  return { authority: authority.cert, certificate: server.cert, key: server.private }
}
