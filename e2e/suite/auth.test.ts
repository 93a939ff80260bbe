import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump } from 'js-yaml'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { idToken, issuer, oidcUser } from '../../kit/build/issuer.ts'
import { connectProxy } from '../../kit/kube/connect-proxy.ts'
import type { JsonObject } from '../../sandbox/objects/json.ts'
import { API_PORT, CONFIG_API_PORT } from '../processes/addresses.ts'
import { startApiServer } from '../processes/api-server.ts'
import { ADMIN_TOKEN, authority, FILES, serverOf } from '../processes/credentials.ts'
import { killProcess } from '../processes/process.ts'
import { statePath } from '../processes/state.ts'
import { runJob } from './support/job.ts'
import { routeIs, weightsOn } from './support/route.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'auth-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

/** A kubeconfig of one user of an API server; fields of the cluster may be replaced. */
function kubeconfig(user: JsonObject, cluster: JsonObject = {}): string {
  const data = Buffer.from(authority()).toString('base64')
  const common = { server: serverOf(API_PORT), 'certificate-authority-data': data }
  return dump({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { ...common, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  })
}

const file = (name: keyof typeof FILES) => statePath(FILES[name])
const API_VERSION = 'client.authentication.k8s.io/v1'

beforeEach(() => routeIs())

async function shifts(
  config: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, outputs } = await runJob(
    { kubeconfig: config, subset: 'v2', weight: '20' },
    environment,
  )
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
  expect(status).toBe(0)
  expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
}

describe("the API server accepts the tutorial's job with", () => {
  test('a client certificate in files', async () => {
    await shifts(
      kubeconfig({
        'client-certificate': file('clientCertificate'),
        'client-key': file('clientKey'),
      }),
    )
  })

  test('a token in a file, by the authority in a file', async () => {
    const cluster = {
      'certificate-authority-data': null,
      'certificate-authority': file('authority'),
    }
    await shifts(kubeconfig({ tokenFile: fileOf('token', `${ADMIN_TOKEN}\n`) }, cluster))
  })

  test('the token of a plugin', async () => {
    const status = { token: ADMIN_TOKEN }
    const credential = { apiVersion: API_VERSION, kind: 'ExecCredential', status }
    const given = fileOf('credential', JSON.stringify(credential))
    const exec = { apiVersion: API_VERSION, command: 'cat', args: [given] }
    await shifts(kubeconfig({ exec }))
  })
})

/** A server's address that only the proxy can resolve. */
const BEHIND = { server: 'https://cluster.example:6443', 'tls-server-name': 'localhost' }

describe('the API server is called through', () => {
  test('the proxy of the environment', async () => {
    const proxy = await connectProxy(API_PORT)
    const environment = { HTTPS_PROXY: `http://${proxy.host}` }
    await shifts(kubeconfig({ token: ADMIN_TOKEN }, BEHIND), environment)
    expect(proxy.asked).toContain('cluster.example:6443')
  })

  test('the proxy of the kubeconfig, with a client certificate', async () => {
    const proxy = await connectProxy(API_PORT)
    const user = {
      'client-certificate': file('clientCertificate'),
      'client-key': file('clientKey'),
    }
    await shifts(kubeconfig(user, { ...BEHIND, 'proxy-url': `http://${proxy.host}` }))
    expect(proxy.asked).toContain('cluster.example:6443')
  })
})

test('an API server that trusts an issuer recognizes the user of a renewed id-token', async () => {
  const answer: JsonObject = {}
  const idp = await issuer(answer)
  const claims = { iss: idp.url, aud: 'the client' }
  answer.id_token = idToken(3600, claims)
  onTestFinished(() => killProcess('config-apiserver'))
  await startApiServer('config-apiserver', CONFIG_API_PORT, [
    ...['--oidc-issuer-url', idp.url, '--oidc-ca-file', fileOf('issuer', idp.authority)],
    ...['--oidc-client-id', claims.aud, '--oidc-signing-algs', 'ES256'],
    ...['--oidc-username-claim', 'sub', '--oidc-username-prefix', 'oidc:'],
  ])
  const user = oidcUser(idp, { 'id-token': idToken(-60, claims) })
  const config = kubeconfig(user, { server: serverOf(CONFIG_API_PORT) })
  const { text, outputs } = await runJob({ kubeconfig: config, subset: 'v2', weight: '20' })
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'access' })
  expect(text).toContain('User "oidc:deployer" cannot get resource "virtualservices"')
})
