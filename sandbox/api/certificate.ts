import { generate } from 'selfsigned'

/** PEM texts of a certificate and its key. */
export type KeyPair = { certificate: string; key: string }

/** A server's certificate with its key, and the authority that signed it. */
export type Certificate = KeyPair & { authority: string }

/** Hosts of the application that speaks HTTP. */
export const WEB_HOSTS: readonly string[] = ['web.example.com', '*.example.com']

let authority: Promise<{ cert: string; private: string }> | undefined
const made = new Map<string, Promise<Certificate>>()

/** A certificate for 127.0.0.1 and localhost. */
export function serverCertificate(): Promise<Certificate> {
  return certificateFor('kube-apiserver', ['localhost'])
}

/**
 * A certificate for these hosts and 127.0.0.1. It is created once for each process, because that is the slowest part of a
 * start.
 */
export function certificateFor(name: string, hosts: readonly string[]): Promise<Certificate> {
  const key = [name, ...hosts].join()
  const known = made.get(key) ?? make(name, hosts)
  made.set(key, known)
  return known
}

const COMMON = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

async function make(name: string, hosts: readonly string[]): Promise<Certificate> {
  authority ??= generate([{ name: 'commonName', value: 'sandbox-ca' }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const ca = await authority
  const own = await generate([{ name: 'commonName', value: name }], {
    ...COMMON,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          ...hosts.map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  })
  return { authority: ca.cert, certificate: own.cert, key: own.private }
}
