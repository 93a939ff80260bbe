import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../sandbox/objects/json.ts'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { brokenVersion } from '../faults/faulty.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { FILES } from '../processes/credentials.ts'
import { statePath } from '../processes/state.ts'
import { runJob } from './support/job.ts'
import { api, withSpec } from './support/route.ts'
import { readWeb, STAMPED, WEB, webAnswers, webIs, webSplits, webText } from './support/web.ts'

const TRUSTED = { 'probe-ca': statePath(FILES.authority) }

const http = { number: WEB_PORTS.http, name: 'http', protocol: 'HTTP' }
const https = { number: WEB_PORTS.https, name: 'https', protocol: 'HTTPS' }
const terminate = { mode: 'SIMPLE', credentialName: 'web-certificate' }

const REDIRECTING: JsonObject = { port: http, hosts: ['*'], tls: { httpsRedirect: true } }
const HTTPS: JsonObject = { port: https, hosts: ['*'], tls: terminate }

/** Gives the Gateway these servers until the test ends. */
async function serversAre(...servers: readonly JsonObject[]): Promise<void> {
  const before = await api.read(tutorialObject('Gateway', 'web-gateway'))
  onTestFinished(async () => {
    await api.replace(before)
    await webAnswers(WEB_PORTS.http, 200)
  })
  await api.replace(withSpec(before, { servers: [...servers] }))
  if (servers.includes(REDIRECTING)) await webAnswers(WEB_PORTS.http, 301)
}

describe.each([
  ['names in replies', WEB],
  ['stamps', STAMPED],
])('with %s, behind a server that redirects to HTTPS', (_, route) => {
  beforeEach(() => webIs(route))

  test('a shift uses the server for HTTPS, and passes', async () => {
    await serversAre(REDIRECTING, HTTPS)
    const { outputs, text } = await runJob({
      ...route.inputs,
      ...TRUSTED,
      subset: 'v2',
      weight: '20',
    })
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
    expect(text).toContain(`Gateway: ${GATEWAY.host}:${WEB_PORTS.https} (load balancer`)
  })

  test('a ramp passes up to 100%', async () => {
    await serversAre(REDIRECTING, HTTPS)
    const ramp = { subset: 'v2', weight: '100', steps: '50' }
    const { outputs, text } = await runJob({ ...route.inputs, ...TRUSTED, ...ramp })
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":0,"v2":100}' })
  })

  test('a broken version fails, and the object is as before, byte for byte', async () => {
    await serversAre(REDIRECTING, HTTPS)
    const before = await webText(route)
    onTestFinished(await brokenVersion('v2', 503))
    const { outputs, text } = await runJob({
      ...route.inputs,
      ...TRUSTED,
      subset: 'v2',
      weight: '20',
    })
    expect(outputs, text).toMatchObject({
      verdict: 'fail',
      reason: route === STAMPED ? 'unhealthy' : 'no-reply',
      'rolled-back': 'true',
    })
    expect(await webText(route)).toBe(before)
    await webSplits(route, { v1: 100 })
  })

  test('nothing is written where no other server is there', async () => {
    await serversAre(REDIRECTING)
    const before = await readWeb(route)
    const { outputs, text } = await runJob({ ...route.inputs, subset: 'v2', weight: '20' })
    expect(outputs, text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain('Nothing was written.')
    expect(await readWeb(route)).toEqual(before)
  })

  test('nothing is written where the authority of the certificate is not trusted', async () => {
    await serversAre(REDIRECTING, HTTPS)
    const before = await readWeb(route)
    const { outputs, text } = await runJob({ ...route.inputs, subset: 'v2', weight: '20' })
    expect(outputs, text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain('probe-ca')
    expect(await readWeb(route)).toEqual(before)
  })
})
