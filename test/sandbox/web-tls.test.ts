import { connect as connectTcp } from 'node:net'
import { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { clientCertificate } from '../../kit/run/client-certificate.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { sandboxWith } from './support/sandbox.ts'
import { HOST } from './support/web.ts'

const GATEWAY = {
  group: 'networking.istio.io',
  resource: 'gateways',
  namespace: 'demo',
  name: 'web-gateway',
} as const
const SECRET = {
  group: '',
  resource: 'secrets',
  namespace: 'istio-system',
  name: 'web-certificate',
} as const

/** A sandbox whose gateway has one server, for HTTPS, with these settings. */
async function sandboxWithTls(
  tls: Json,
  data: Readonly<Record<string, string>> = {},
): Promise<Sandbox> {
  const sandbox = await sandboxWith({ web: true })
  const encoded = Object.entries(data).map(([name, text]) => [
    name,
    Buffer.from(text).toString('base64'),
  ])
  sandbox.objects.patch(SECRET, { data: Object.fromEntries(encoded) })
  const port = { number: sandbox.web.https, name: 'https', protocol: 'HTTPS' }
  sandbox.objects.patch(GATEWAY, { spec: { servers: [{ port, hosts: ['*'], tls }] } })
  await sandbox.applied()
  return sandbox
}

/** The first line of the reply to a request in TLS; else how the connection ended. */
function answer({ web }: Sandbox, own: object = {}): Promise<string> {
  return new Promise((resolve) => {
    const at = { host: web.host, port: web.https, ca: web.authority, servername: HOST }
    const socket = connect({ ...at, ...own })
    socket.write(`GET / HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`)
    socket.on('data', (chunk: Buffer) => {
      socket.destroy()
      resolve(chunk.toString().split('\r\n')[0] ?? '')
    })
    socket.on('error', () => resolve('refused'))
    socket.on('close', () => resolve('closed'))
  })
}

const OK = 'HTTP/1.1 200 OK'

test('a server that requires certificates of clients refuses clients without one', async () => {
  const trusted = await clientCertificate('client', 'group')
  const tls = { mode: 'MUTUAL', credentialName: 'web-certificate' }
  const sandbox = await sandboxWithTls(tls, { 'ca.crt': trusted.authority })
  expect(await answer(sandbox, { cert: trusted.certificate, key: trusted.key })).toBe(OK)
  expect(await answer(sandbox)).toMatch(/refused|closed/)
})

test('a server for which certificates of clients are optional refuses wrong ones only', async () => {
  const trusted = await clientCertificate('client', 'group')
  const other = await clientCertificate('client', 'group')
  const tls = { mode: 'OPTIONAL_MUTUAL', credentialName: 'web-certificate' }
  const sandbox = await sandboxWithTls(tls, { 'ca.crt': trusted.authority })
  expect(await answer(sandbox, { cert: trusted.certificate, key: trusted.key })).toBe(OK)
  expect(await answer(sandbox)).toBe(OK)
  expect(await answer(sandbox, { cert: other.certificate, key: other.key })).toMatch(
    /refused|closed/,
  )
})

test('a server that names no Secret has the certificate in its Pods', async () => {
  const sandbox = await sandboxWithTls({
    mode: 'SIMPLE',
    serverCertificate: '/etc/certs/tls.crt',
    privateKey: '/etc/certs/tls.key',
  })
  expect(await answer(sandbox)).toBe(OK)
})

test('the server name is found in a ClientHello that arrives byte by byte', async () => {
  const sandbox = await sandboxWith({ web: true })
  const { host, https: port, authority: ca } = sandbox.web
  const raw = connectTcp({ host, port, noDelay: true })
  let isFirst = true
  const slow = new Duplex({
    read: () => {},
    write(chunk: Buffer, _, done) {
      const bytes = isFirst ? [...chunk].map((byte) => Buffer.of(byte)) : [chunk]
      isFirst = false
      const next = () => {
        const part = bytes.shift()
        if (part === undefined) return done()
        raw.write(part, () => setImmediate(next))
      }
      next()
    },
    final: (done) => raw.end(done),
  })
  raw.on('data', (chunk) => slow.push(chunk))
  raw.on('close', () => slow.push(null))
  const received = await new Promise<string>((resolve, reject) => {
    const socket = connect({ socket: slow, ca, servername: HOST })
    socket.write(`GET / HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`)
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()))
    socket.on('error', reject)
  })
  expect(received).toContain(OK)
  raw.destroy()
})
