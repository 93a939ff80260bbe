import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dump } from 'js-yaml'
import { clientCertificate } from '../../kit/run/client-certificate.ts'
import { certificateFor, serverCertificate, WEB_HOSTS } from '../../sandbox/api/certificate.ts'
import { statePath } from './state.ts'

/** The token of the user that may do everything. */
export const ADMIN_TOKEN = 'admin-token'

export const FILES = {
  authority: 'ca.crt',
  certificate: 'server.crt',
  key: 'server.key',
  tokens: 'tokens.csv',
  accountKey: 'accounts.key',
  accountPublicKey: 'accounts.pub',
  clientAuthority: 'clients-ca.crt',
  clientCertificate: 'client.crt',
  clientKey: 'client.key',
  webCertificate: 'web.crt',
  webKey: 'web.key',
} as const

/** Writes the credentials of the API servers, of istiod and of the application that speaks TLS. */
export async function writeCredentials(): Promise<void> {
  const { authority, certificate, key } = await serverCertificate()
  const accounts = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const write = (name: keyof typeof FILES, text: string) =>
    writeFileSync(statePath(FILES[name]), text, { mode: 0o600 })
  write('authority', authority)
  write('certificate', certificate)
  write('key', key)
  write('tokens', `${ADMIN_TOKEN},admin,1,system:masters\n`)
  write('accountKey', accounts.privateKey)
  write('accountPublicKey', accounts.publicKey)
  const client = await clientCertificate('admin', 'system:masters')
  write('clientAuthority', client.authority)
  write('clientCertificate', client.certificate)
  write('clientKey', client.key)
  const web = await certificateFor('web', WEB_HOSTS)
  write('webCertificate', web.certificate)
  write('webKey', web.key)
}

/** The certificate authority of the servers, PEM. */
export function authority(): string {
  return credential('authority')
}

/** One of the files, as text. */
export function credential(name: keyof typeof FILES): string {
  return readFileSync(statePath(FILES[name]), 'utf8')
}

/** A kubeconfig for one of the API servers, as YAML. */
export function kubeconfigFor(port: number, token: string): string {
  const name = 'mesh'
  const data = Buffer.from(authority()).toString('base64')
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: serverOf(port), 'certificate-authority-data': data } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'demo' } }],
  })
}

export function serverOf(port: number): string {
  return `https://127.0.0.1:${port}`
}
