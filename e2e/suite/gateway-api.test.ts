import { describe, expect, test } from 'vitest'
import {
  GRPC_ROUTE,
  HTTP_ROUTE,
  STAMPED_GRPC_ROUTE,
  STAMPED_HTTP_ROUTE,
  TCP_ROUTE,
  TLS_ROUTE,
} from './support/gateway-api.ts'
import { ended, runJob, step } from './support/job.ts'
import {
  readWeb,
  stampsOn,
  type WebRoute,
  webIs,
  webJournals,
  webSplits,
  webText,
} from './support/web.ts'

const ROUTES: [string, WebRoute][] = [
  ['an HTTPRoute', HTTP_ROUTE],
  ['a GRPCRoute', GRPC_ROUTE],
  ['a TLSRoute', TLS_ROUTE],
  ['a TCPRoute', TCP_ROUTE],
]

/** A step that moves v2 to 60%, slow enough to be still running when it is disturbed. */
function slow(route: WebRoute) {
  return step({
    ...route.inputs,
    subset: route.destination('v2'),
    weight: '60',
    rate: '25',
    'propagation-timeout': '2s',
  })
}

describe.each(ROUTES)('%s', (_, route) => {
  const destination = route.destination('v2')

  test('is shifted from weights 1 and 0 to 80/20', async () => {
    await webIs(route, { v1: 1, v2: 0 })
    const before = await webText(route)
    const { outputs, text } = await runJob({ ...route.inputs, subset: destination, weight: '20' })
    expect(outputs, text).toMatchObject({ verdict: 'pass', 'rolled-back': 'false' })
    expect(await webText(route)).toBe(
      before.replace('"weight": 1', '"weight": 80').replace('"weight": 0', '"weight": 20'),
    )
    await webSplits(route, { v1: 80, v2: 20 })
  })

  test('is not confirmed at a weight from which the actual one is off by the tolerance', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await readWeb(route)
    const { status, outputs, text } = await runJob({
      ...route.inputs,
      mode: 'verify',
      subset: destination,
      weight: '25',
      'propagation-timeout': '0s',
    })
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(status).toBe(1)
    expect(await readWeb(route)).toEqual(before)
  })

  test('is restored by post after a kill, byte for byte', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await webText(route)
    const killed = slow(route)
    const main = killed.main()
    await main.line(/Written at/)
    main.process.kill('SIGKILL')
    await main.ended
    expect(await webJournals(route)).toEqual(['istio-traffic-shift/journal'])
    const { status, text } = await killed.post().ended
    expect(status, text).toBe(0)
    expect(await webText(route)).toBe(before)
    await webSplits(route, { v1: 80, v2: 20 })
  })

  test('is restored by a rollback while the run is alive, which ends as changed-by-other', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await webText(route)
    const running = slow(route)
    const main = running.main()
    await main.line(/Written at/)
    const { object, 'virtual-service': none } = route.inputs
    const rolledBack = await runJob({
      ...{ mode: 'rollback', object, 'virtual-service': none, expect: undefined },
      payload: undefined,
    })
    expect(rolledBack.outputs, rolledBack.text).toMatchObject({ verdict: 'restored' })
    expect(await webText(route)).toBe(before)
    const { outputs, text } = await ended(running, main)
    expect(outputs, text).toMatchObject({ reason: 'changed-by-other' })
    expect(await webText(route)).toBe(before)
  })
})

describe.each([
  ['an HTTPRoute', STAMPED_HTTP_ROUTE],
  ['a GRPCRoute', STAMPED_GRPC_ROUTE],
])('the stamps of a run on %s that is killed', (_, route) => {
  test('are removed by post, which restores the object byte for byte', async () => {
    await webIs(route, { v1: 80, v2: 20 })
    const before = await webText(route)
    const killed = slow(route)
    const main = killed.main()
    await main.line(/Written at/)
    expect(new Set(await stampsOn(route)).size).toBe(2)
    main.process.kill('SIGKILL')
    await main.ended
    const { status, text } = await killed.post().ended
    expect(status, text).toBe(0)
    expect(await stampsOn(route)).toEqual([])
    expect(await webText(route)).toBe(before)
  })
})
