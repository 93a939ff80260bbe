import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { dig, listAt, numberAt } from '../../sandbox/objects/json.ts'
import { deadGrpcVersion, deadWebVersion } from '../faults/dead-web.ts'
import { brokenVersion } from '../faults/faulty.ts'
import { deadVersion, type Heal } from '../faults/stopped.ts'
import {
  GRPC_ROUTE,
  HTTP_ROUTE,
  STAMPED_GRPC_ROUTE,
  STAMPED_HTTP_ROUTE,
  TCP_ROUTE,
  TLS_ROUTE,
} from './support/gateway-api.ts'
import { runJob, warnings } from './support/job.ts'
import {
  GRPC,
  LINES,
  named,
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
  ['an HTTPRoute', HTTP_ROUTE],
  ['an HTTPRoute with stamps', STAMPED_HTTP_ROUTE],
  ['a GRPCRoute', GRPC_ROUTE],
  ['a GRPCRoute with stamps', STAMPED_GRPC_ROUTE],
  ['a TLSRoute', TLS_ROUTE],
  ['a TCPRoute', TCP_ROUTE],
]
const [WITH_STAMPS, ON_ECHO, ON_GRPC] = [
  [STAMPED, STAMPED_HTTP_ROUTE, STAMPED_GRPC_ROUTE],
  [LINES, TCP_ROUTE],
  [GRPC, GRPC_ROUTE, STAMPED_GRPC_ROUTE],
]

/** Ends the process of v2. The tutorial's application is behind some of them. */
function dead(route: WebRoute): Promise<Heal> {
  if (ON_ECHO.includes(route)) return deadVersion('v2')
  return ON_GRPC.includes(route) ? deadGrpcVersion('v2') : deadWebVersion('v2')
}

/** Weights as outputs have them. */
function output(route: WebRoute, weights: Readonly<{ v1: number; v2?: number }>): string {
  const entries = Object.entries(weights).map(([version, weight]) => [
    route.destination(version === 'v1' ? 'v1' : 'v2'),
    weight,
  ])
  return JSON.stringify(Object.fromEntries(entries))
}

describe.each(ROUTES)('a shift of %s', (_, route) => {
  const shift = (inputs: Readonly<Record<string, string>>) =>
    runJob({ ...route.inputs, subset: route.destination('v2'), ...inputs })

  test('from one destination to 80/20 passes, as the configuration of the gateway shows', async () => {
    await webIs(route)
    const { status, outputs, report, text } = await shift({ weight: '20' })
    expect(outputs, text).toMatchObject({
      verdict: 'pass',
      reason: 'within-tolerance',
      'previous-weights': output(route, { v1: 100 }),
      weights: output(route, { v1: 80, v2: 20 }),
      unclassified: '0',
      'rolled-back': 'false',
    })
    expect(status).toBe(0)
    expect(warnings(report)).toEqual(
      [WEB, STAMPED, GRPC].includes(route) ? [expect.stringContaining('of port 8443')] : [],
    )
    expect(await route.served()).toEqual(named(route, { v1: 80, v2: 20 }))
    expect(await webJournals(route)).toEqual([])
    expect(await stampsOn(route)).toEqual([])
  })

  test('confirms each step of a ramp, up to 100%', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await webText(route)
    const { outputs, report, text } = await shift({ weight: '100', steps: '50' })
    expect(outputs, text).toMatchObject({
      verdict: 'pass',
      weights: output(route, { v1: 0, v2: 100 }),
    })
    const confirmed = listAt(report, 'checks').map((check) => [
      listAt(check, 'destinations').map((one) => numberAt(one, 'asked')),
      dig(check, 'ended'),
    ])
    expect(confirmed).toEqual([
      [[50, 50], 'pass'],
      [[0, 100], 'pass'],
    ])
    expect(await route.served()).toEqual(named(route, { v2: 100 }))
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
      reason: WITH_STAMPS.includes(route) ? 'unhealthy' : 'no-reply',
      'rolled-back': 'true',
      weights: output(route, { v1: 100 }),
    })
    expect(status).toBe(1)
    expect(await webText(route)).toBe(before)
    await webSplits(route, { v1: 100 })
  })
})

describe.each([
  ['without stamps is no-reply', WEB, 'no-reply'],
  ['with stamps is unhealthy', STAMPED, 'unhealthy'],
  ['without stamps is no-reply behind an HTTPRoute', HTTP_ROUTE, 'no-reply'],
  ['with stamps is unhealthy behind an HTTPRoute', STAMPED_HTTP_ROUTE, 'unhealthy'],
])('a version that answers every request with 503 %s', (_, route, reason) => {
  beforeEach(() => webIs(route, { v1: 80, v2: 20 }))

  test('and the previous weights are restored, byte for byte', async () => {
    await webIs(route, { v1: 100, v2: 0 })
    const before = await webText(route)
    onTestFinished(await brokenVersion('v2', 503))
    const { outputs, text } = await runJob({
      ...route.inputs,
      subset: route.destination('v2'),
      weight: '20',
    })
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
