import { dump } from 'js-yaml'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { idToken, issuer, oidcUser } from '../../../kit/build/issuer.ts'
import { connectProxy } from '../../../kit/kube/connect-proxy.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { apiOf, NEVER } from '../support/cluster.ts'
import { json, scriptedServer } from '../support/scripted-server.ts'

/** A kubeconfig of one user. */
function config(server: string, user: JsonObject): string {
  return dump({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  })
}

type Idp = Awaited<ReturnType<typeof issuer>>

/** The credentials of several calls with this user, and the error of the last one if it failed. */
async function calls(idp: Idp, user: JsonObject) {
  const server = await scriptedServer(json(200, {}))
  const secrets: string[] = []
  const api = apiOf(
    config(server.url, oidcUser(idp, user)),
    { onSecret: (secret) => secrets.push(secret) },
    { attempts: 1 },
  )
  const together = [api.get('/a', NEVER), api.get('/b', NEVER)]
  const refusal: unknown = await Promise.all(together)
    .then(() => api.get('/c', NEVER))
    .then(() => undefined)
    .catch((error: unknown) => error)
  const carried = server.received.map(({ headers }) => headers.authorization)
  return { carried, secrets, refusal: refusal instanceof Error ? refusal.message : '' }
}

const GRANT = 'grant_type=refresh_token&refresh_token=refresh-me'

describe('an id-token', () => {
  test('that is valid is sent without a request to its issuer', async () => {
    const good = idToken(60)
    const idp = await issuer({})
    expect((await calls(idp, { 'id-token': good })).carried).toEqual(
      Array(3).fill(`Bearer ${good}`),
    )
    expect(idp.asked).toEqual([])
  })

  test.each([
    ['has run out', idToken(-60)],
    ['runs out before it can arrive', idToken(5)],
    ['is none', 'not.a.token'],
    ['is missing', null],
  ])('that %s is renewed once for all calls, and registered as a secret', async (_, old) => {
    const renewed = idToken(3600)
    const idp = await issuer({ id_token: renewed })
    const { carried, secrets } = await calls(idp, { 'id-token': old })
    expect(carried).toEqual(Array(3).fill(`Bearer ${renewed}`))
    expect(secrets).toContain(renewed)
    expect(idp.asked).toHaveLength(1)
  })

  test('is renewed again with the new refresh-token, or with the first one if there is no new one', async () => {
    const short = idToken(5)
    for (const [answer, second] of [
      [{ id_token: short, refresh_token: 'refresh-again' }, 'refresh-again'],
      [{ id_token: short }, 'refresh-me'],
    ] as const) {
      const idp = await issuer(answer)
      await calls(idp, { 'id-token': idToken(-60), 'client-secret': null })
      expect(idp.asked).toEqual([
        `${GRANT}&client_id=the+client`,
        `grant_type=refresh_token&refresh_token=${second}&client_id=the+client`,
      ])
    }
  })

  test('is renewed with the latest refresh-token even if a kubeconfig with the first one is read again', async () => {
    const answer = { id_token: idToken(60), refresh_token: 'second' }
    const idp = await issuer(answer)
    const user = { 'id-token': idToken(-60), 'client-secret': null }
    await calls(idp, user)
    answer.refresh_token = 'third'
    await calls(idp, user)
    const refused = await scriptedServer(json(401, { message: 'Unauthorized' }), json(200, {}))
    await apiOf(config(refused.url, oidcUser(idp, user)), {}, { attempts: 2 }).get('/a', NEVER)
    expect(idp.asked.map((form) => /refresh_token=([\w-]+)&/.exec(form)?.[1])).toEqual([
      'refresh-me',
      'second',
      'third',
      'third',
    ])
  })

  test('is requested with the secret of the client, in the way that the issuer supports', async () => {
    const basic = `Basic ${Buffer.from('the+client:the%3Asecret').toString('base64')} ${GRANT}`
    const post = `${GRANT}&client_id=the+client&client_secret=the%3Asecret`
    const inTurn: [JsonObject, string][] = [
      [{}, basic],
      [
        { token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'] },
        basic,
      ],
      [{ token_endpoint_auth_methods_supported: ['client_secret_post'] }, post],
    ]
    for (const [methods, expected] of inTurn) {
      const idp = await issuer({ id_token: idToken(60) }, methods)
      await calls(idp, { 'id-token': null })
      expect(idp.asked).toEqual([expected])
    }
  })
})

test('the issuer is called through the proxy of the environment', async () => {
  const idp = await issuer({ id_token: idToken(60) })
  const { port } = new URL(idp.url)
  const proxy = await connectProxy(Number(port))
  vi.stubEnv('HTTPS_PROXY', `http://${proxy.host}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  // An address of this machine that is not past every proxy; the certificate does not name it.
  const issuerUrl = `https://0.0.0.0:${port}`
  const { refusal } = await calls(idp, { 'id-token': null, 'idp-issuer-url': issuerUrl })
  expect(proxy.asked).toContain(`0.0.0.0:${port}`)
  expect(refusal).toContain("does not match certificate's altnames")
})

describe('an id-token that cannot be renewed is an error with the cause and a remedy', () => {
  const ADVICE = 'Log in again and use the resulting kubeconfig'

  test.each<[string, JsonObject, JsonObject, JsonObject, RegExp]>([
    [
      'the issuer refuses',
      { status: 400, error: 'invalid_grant', error_description: 'token was used' },
      {},
      {},
      /https:\/\/127\.0\.0\.1:\d+ answered 400 invalid_grant token was used/,
    ],
    ['the issuer gives none', { access_token: 'x' }, {}, {}, /the issuer returned no id_token/],
    [
      'the kubeconfig has no refresh-token',
      {},
      {},
      { 'refresh-token': null },
      /it needs refresh-token, idp-issuer-url and client-id/,
    ],
    [
      'the issuer is not reached by https',
      {},
      {},
      { 'idp-issuer-url': 'http://127.0.0.1/' },
      /http:\/\/127\.0\.0\.1\/\S* is not an https URL/,
    ],
    [
      'the issuer names a token endpoint without https',
      {},
      { token_endpoint: 'http://127.0.0.1/token' },
      {},
      /http:\/\/127\.0\.0\.1\/token is not an https URL/,
    ],
    [
      'the authority of the issuer is not known',
      {},
      {},
      { 'idp-certificate-authority-data': null },
      /CERT|SIGN|certificate/,
    ],
    [
      'the issuer repeats the refresh-token, which is not told',
      { status: 400, error: 'invalid_grant', error_description: 'refresh-me was used' },
      {},
      {},
      /answered 400 invalid_grant \*\*\* was used/,
    ],
  ])('because %s', async (_, answer, metadata, user, says) => {
    const idp = await issuer(answer, metadata)
    const { carried, refusal } = await calls(idp, { 'id-token': idToken(-60), ...user })
    expect(refusal).toMatch(says)
    expect(refusal).toContain(ADVICE)
    expect(carried).toEqual([])
  })
})
