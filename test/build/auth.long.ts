import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idToken, issuer, oidcUser } from '../../kit/build/issuer.ts'
import { socksProxy } from '../../kit/build/socks-proxy.ts'
import { connectProxy } from '../../kit/kube/connect-proxy.ts'
import { CHILD_ENVIRONMENT } from '../../kit/run/child-environment.ts'
import { clientCertificate } from '../../kit/run/client-certificate.ts'
import { TUTORIAL } from '../../kit/run/run.ts'
import { startEntry } from '../../kit/run/step.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { guardedApi } from './support/guarded-api.ts'

/** What is left out of the bundle, replaced in it or loaded late (build/build.ts) would be missed here. */

const folder = mkdtempSync(path.join(tmpdir(), 'auth-'))
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

let files = 0

/** The path of a new file. */
function fileOf(text: string): string {
  files += 1
  const file = path.join(folder, `file-${files}`)
  writeFileSync(file, text)
  return file
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

type Api = { port: number; authority: string }

/** What the built command line says to `status` with this user of this cluster; the cluster's own fields may be replaced. */
function statusBy(
  api: Api,
  user: JsonObject,
  cluster: JsonObject = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<{ status: number | null; text: string }> {
  const server = `https://127.0.0.1:${api.port}`
  const authority = base64(api.authority)
  const kubeconfig = fileOf(
    dump({
      'current-context': 'c',
      clusters: [
        { name: 'c', cluster: { server, 'certificate-authority-data': authority, ...cluster } },
      ],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  )
  const { namespace = '', 'virtual-service': object = '' } = TUTORIAL
  const words = [`vs/${object}`, '-n', namespace, '--kubeconfig', kubeconfig]
  const path = { ...CHILD_ENVIRONMENT, HOME: folder }
  return startEntry('cli', { ...path, ...environment }, ['status', ...words]).ended
}

const IDLE = { status: 0, text: expect.stringContaining('Verdict: idle') }

/** A plugin that prints these credentials. */
function plugin(status: JsonObject): JsonObject {
  const apiVersion = 'client.authentication.k8s.io/v1'
  const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status })
  return { exec: { apiVersion, command: 'cat', args: [fileOf(credential)] } }
}

describe('the built command line authenticates with', () => {
  test.each<[string, string, () => JsonObject]>([
    ['a token', 'Bearer a-token', () => ({ token: 'a-token' })],
    ['a token in a file', 'Bearer in-a-file', () => ({ tokenFile: fileOf('in-a-file\n') })],
    [
      'a name and a password',
      `Basic ${base64('me:pass:word')}`,
      () => ({ username: 'me', password: 'pass:word' }),
    ],
    ["a plugin's token", 'Bearer of-a-plugin', () => plugin({ token: 'of-a-plugin' })],
  ])('%s', async (_, admitted, user) => {
    const api = await guardedApi(sandbox, admitted)
    expect(await statusBy(api, user())).toMatchObject(IDLE)
    expect(api.refused).toEqual([])
  })

  test.each<[string, (certificate: string, key: string) => JsonObject]>([
    [
      'the kubeconfig',
      (certificate, key) => ({
        'client-certificate-data': base64(certificate),
        'client-key-data': base64(key),
      }),
    ],
    [
      'files',
      (certificate, key) => ({
        'client-certificate': fileOf(certificate),
        'client-key': fileOf(key),
      }),
    ],
    [
      'a plugin',
      (clientCertificateData, clientKeyData) => plugin({ clientCertificateData, clientKeyData }),
    ],
  ])('a client certificate from %s', async (_, userWith) => {
    const { authority, certificate, key } = await clientCertificate('deployer')
    const api = await guardedApi(sandbox, 'certificate deployer', authority)
    expect(await statusBy(api, userWith(certificate, key))).toMatchObject(IDLE)
    expect(api.refused).toEqual([])
  })

  test('a valid id-token of OpenID Connect, without a request to its issuer', async () => {
    const good = idToken(3600)
    const api = await guardedApi(sandbox, `Bearer ${good}`)
    const idp = await issuer({})
    expect(await statusBy(api, oidcUser(idp, { 'id-token': good }))).toMatchObject(IDLE)
    expect(idp.asked).toEqual([])
  })

  test('a renewed id-token in place of an expired one, requested once per run', async () => {
    const renewed = idToken(3600)
    const api = await guardedApi(sandbox, `Bearer ${renewed}`)
    const idp = await issuer({ id_token: renewed })
    expect(await statusBy(api, oidcUser(idp, { 'id-token': idToken(-1) }))).toMatchObject(IDLE)
    expect(api.refused).toEqual([])
    expect(idp.asked).toHaveLength(1)
  })
})

const user = { token: 'a-token' }

describe('the built command line trusts a server', () => {
  const withoutAuthority = { 'certificate-authority-data': null }

  test('by a certificate authority in a file', async () => {
    const api = await guardedApi(sandbox, 'Bearer a-token')
    const cluster = { ...withoutAuthority, 'certificate-authority': fileOf(api.authority) }
    expect(await statusBy(api, user, cluster)).toMatchObject(IDLE)
  })

  test('without verification if the kubeconfig says so', async () => {
    const api = await guardedApi(sandbox, 'Bearer a-token')
    const cluster = { ...withoutAuthority, 'insecure-skip-tls-verify': true }
    expect(await statusBy(api, user, cluster)).toMatchObject(IDLE)
  })
})

/** An address of this machine that tools which know its usual ones take for another's. */
const ELSEWHERE = '0.0.0.0'

describe('the built command line reaches a server', () => {
  /** A cluster at an address that its certificate does not name. */
  const at = (host: string, port: number) => ({
    server: `https://${host}:${port}`,
    'tls-server-name': 'localhost',
  })

  test('by tls-server-name, through the proxy of the environment', async () => {
    const api = await guardedApi(sandbox, 'Bearer a-token')
    const proxy = await connectProxy(api.port)
    const environment = { HTTPS_PROXY: `http://me:secret@${proxy.host}` }
    const cluster = at('cluster.example', 6443)
    expect(await statusBy(api, user, cluster, environment)).toMatchObject(IDLE)
    const asked = `cluster.example:6443 Basic ${base64('me:secret')}`
    expect(new Set(proxy.asked)).toEqual(new Set([asked]))
  })

  test.each([
    ['past that proxy where NO_PROXY names it', ELSEWHERE, false],
    ['through it where NO_PROXY names another', 'other.example', true],
  ])('%s', async (_, NO_PROXY, through) => {
    const api = await guardedApi(sandbox, 'Bearer a-token')
    const proxy = await connectProxy(api.port)
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY }
    const cluster = at(ELSEWHERE, api.port)
    expect(await statusBy(api, user, cluster, environment)).toMatchObject(IDLE)
    expect(proxy.asked.includes(`${ELSEWHERE}:${api.port}`)).toBe(through)
  })

  test.each([
    ['http', connectProxy, false],
    ['socks5h', socksProxy, true],
  ] as const)(
    'through the proxy of the kubeconfig by %s, and loads the SOCKS library for SOCKS only',
    async (scheme, proxyTo, socks) => {
      const api = await guardedApi(sandbox, 'Bearer a-token')
      const proxy = await proxyTo(api.port)
      const cluster = { ...at('cluster.example', 6443), 'proxy-url': `${scheme}://${proxy.host}` }
      // Node then tells each module that it loads.
      const run = await statusBy(api, user, cluster, { NODE_DEBUG: 'module' })
      expect(run).toMatchObject(IDLE)
      expect(new Set(proxy.asked)).toEqual(new Set(['cluster.example:6443']))
      // Of what is bundled only the agent for SOCKS proxies has a use for it.
      expect(/REQUEST tty /.test(run.text)).toBe(socks)
    },
  )

  test.each([
    ['192.0.2.7', '192.0.2.7:6443'],
    ['[2001:db8::1:7]', '[20010db8000000000000000000010007]:6443'],
  ])('at the address %s through a SOCKS proxy', async (host, asked) => {
    const api = await guardedApi(sandbox, 'Bearer a-token')
    const proxy = await socksProxy(api.port)
    const cluster = { ...at(host, 6443), 'proxy-url': `socks5://${proxy.host}` }
    expect(await statusBy(api, user, cluster)).toMatchObject(IDLE)
    expect(new Set(proxy.asked)).toEqual(new Set([asked]))
  })
})
