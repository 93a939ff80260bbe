import { generate } from 'selfsigned'
import type { Certificate } from '../../sandbox/api/certificate.ts'

/** A certificate for the hosts of example.com, with an authority of its own. */
export async function webCertificate(): Promise<Certificate> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: 'web-ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'example.com' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: '*.example.com' }] },
    ],
  })
  return { authority: authority.cert, certificate: server.cert, key: server.private }
}
