import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { badCertificate } from './field-error.ts'
import { base64In, type Entry } from './fields.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/**
 * The certificate authority of a cluster, as base64. TLS would ignore a text without a certificate, and refuse every
 * server as one that it does not know. As in kubectl, one certificate that can be read is enough.
 */
export function authorityIn(entry: Entry): string | undefined {
  const data = base64In(entry, 'certificate-authority')
  if (data && !(pemOf(data).match(CERTIFICATE) ?? []).some(isCertificate))
    throw badCertificate(
      `${givenField(entry, 'certificate-authority')} ${holdsNo('certificate (PEM)', data)}`,
    )
  return data
}

/** What keeps a client certificate and its key, both as base64, from being used together; empty if nothing does. */
export function pairProblems(entry: Entry, certData: string, keyData: string): string[] {
  const [cert, key] = [pemOf(certData), pemOf(keyData)]
  const problems = [
    isCertificate(cert)
      ? ''
      : `${givenField(entry, 'client-certificate')} ${holdsNo('certificate (PEM)', certData)}`,
    isKey(key) ? '' : `${givenField(entry, 'client-key')} ${holdsNo('private key (PEM)', keyData)}`,
  ].filter((text) => text !== '')
  if (problems.length > 0 || isPair(cert, key)) return problems
  return [
    `${givenField(entry, 'client-certificate')} and ${givenField(entry, 'client-key')} are not a pair. Copy both again`,
  ]
}

function holdsNo(what: string, data: string): string {
  const hint = isDer(data) ? '. It is in DER. Convert it: openssl x509 -inform der' : ''
  return `must hold a ${what}, but holds none that can be read${hint}`
}

function isDer(data: string): boolean {
  return isCertificate(Buffer.from(data, 'base64'))
}

/** The field by which a kubeconfig gives something: `NAME-data`, or `NAME` for a file. */
function givenField({ fields }: Entry, name: string): string {
  return fields[name] ? name : `${name}-data`
}

function pemOf(data: string): string {
  return Buffer.from(data, 'base64').toString('latin1')
}

function isCertificate(certificate: string | Buffer): boolean {
  return succeeds(() => new X509Certificate(certificate))
}

function isKey(key: string): boolean {
  return succeeds(() => createPrivateKey(key))
}

function isPair(cert: string, key: string): boolean {
  return succeeds(() => createSecureContext({ cert, key }))
}

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
