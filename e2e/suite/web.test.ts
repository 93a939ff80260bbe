import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { dig, listAt, numberAt } from '../../sandbox/objects/json.ts'
import { brokenVersion, deadGrpcVersion, deadWebVersion } from '../faults/broken.ts'
import { deadVersion, type Heal } from '../faults/stopped.ts'
import { runJob, warnings } from './support/job.ts'
import {
  GRPC,
  LINES,
  readWeb,
  SECURE,
  STAMPED,
  stampsOn,
  WEB,
  type WebRoute,
  webIs,
  webJournals,
  webSplits,
  webText,
} from './support/web.ts'

const ROUTES: [string, WebRoute][] = [
  ['an http rule', WEB],
  ['an http rule with stamps', STAMPED],
  ['an http rule for gRPC', GRPC],
  ['a tls rule', SECURE],
  ['a tcp rule behind a server that terminates TLS', LINES],
]

/** Ends the process of v2. The tutorial's application is behind the rule for lines. */
function dead(route: WebRoute): Promise<Heal> {
  if (route === LINES) return deadVersion('v2')
  return route === GRPC ? deadGrpcVersion('v2') : deadWebVersion('v2')
}

describe.each(ROUTES)('a shift of %s', (_, route) => {
  const shift = (inputs: Readonly<Record<string, string>>) =>
    runJob({ ...route.inputs, subset: 'v2', ...inputs })

  test('from one destination to 80/20 passes, as the configuration of the gateway shows', async () => {
    await webIs(route)
    const { status, outputs, report, text } = await shift({ weight: '20' })
    expect(outputs, text).toMatchObject({
      verdict: 'pass',
      reason: 'within-tolerance',
      'previous-weights': '{"v1":100}',
      weights: '{"v1":80,"v2":20}',
      unclassified: '0',
      'rolled-back': 'false',
    })
    expect(status).toBe(0)
    expect(warnings(report)).toEqual(
      route.protocol === 'http' ? [expect.stringContaining('of port 8443')] : [],
    )
    expect(await route.served()).toEqual({ v1: 80, v2: 20 })
    expect(await webJournals(route)).toEqual([])
    expect(await stampsOn(route)).toEqual([])
  })

  test('confirms each step of a ramp, up to 100%', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await webText(route)
    const { outputs, report, text } = await shift({ weight: '100', steps: '50' })
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":0,"v2":100}' })
    const confirmed = listAt(report, 'checks').map((check) => [
      listAt(check, 'destinations').map((one) => numberAt(one, 'asked')),
      dig(check, 'ended'),
    ])
    expect(confirmed).toEqual([
      [[50, 50], 'pass'],
      [[0, 100], 'pass'],
    ])
    expect(await route.served()).toEqual({ v2: 100 })
    expect(await webText(route)).toBe(
      before.replace('"weight": 80', '"weight": 0').replace('"weight": 20', '"weight": 100'),
    )
  })

  test('to a version that has stopped fails, and the object is as before, byte for byte', async () => {
    await webIs(route)
    const before = await webText(route)
    onTestFinished(await dead(route))
    const { status, outputs, text } = await shift({ weight: '20' })
    expect(outputs, text).toMatchObject({
      verdict: 'fail',
      reason: route === STAMPED ? 'unhealthy' : 'no-reply',
      'rolled-back': 'true',
      weights: '{"v1":100}',
    })
    expect(status).toBe(1)
    expect(await webText(route)).toBe(before)
    await webSplits(route, { v1: 100 })
  })
})

describe.each([
  ['without stamps is no-reply', WEB, 'no-reply'],
  ['with stamps is unhealthy', STAMPED, 'unhealthy'],
])('a version that answers every request with 503 %s', (_, route, reason) => {
  beforeEach(() => webIs(route, { v1: 80, v2: 20 }))

  test('and the previous weights are restored, byte for byte', async () => {
    await webIs(route, { v1: 100, v2: 0 })
    const before = await webText(route)
    onTestFinished(await brokenVersion('v2', 503))
    const { outputs, text } = await runJob({ ...route.inputs, subset: 'v2', weight: '20' })
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason, 'rolled-back': 'true' })
    expect(text).toContain('503')
    expect(await webText(route)).toBe(before)
    expect(await stampsOn(route)).toEqual([])
    await webSplits(route, { v1: 100 })
  })
})

test('a rule whose host no request names is refused before a write', async () => {
  await webIs(WEB)
  const before = await readWeb(WEB)
  const { outputs } = await runJob({
    ...WEB.inputs,
    subset: 'v2',
    weight: '20',
    'probe-host': 'grpc.example.com',
  })
  expect(outputs).toMatchObject({ verdict: 'error' })
  expect(await readWeb(WEB)).toEqual(before)
})
