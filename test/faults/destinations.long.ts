import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE, routeText, weightsOn, writes } from '../../kit/run/object.ts'
import { runOn, SURE } from '../../kit/run/run.ts'
import type { DestinationFault } from '../../sandbox/faults/destination-fault.ts'
import type { GatewayFault } from '../../sandbox/faults/gateway-fault.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import type { Unclassified } from '../../src/evidence/probe/connection-outcome.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ proxies: true, weights: { v1: 50, v2: 50 }, debounceMs: 10 })
})
afterEach(() => sandbox.stop())

const VERIFY = {
  mode: 'verify',
  weights: 'current',
  expect: '{v1: "^one hello$", v2: "^two hello$"}',
  tolerance: '30',
  'propagation-timeout': '0s',
}
/** Long enough for an answer of this machine, however busy. */
const SHORT = '300ms'

/** What a gateway makes of a connection that broke off behind it: either, as it falls out. */
const CUT = ['closed', 'reset'] as const

describe('fault 25: connections that', () => {
  test.each<[string, DestinationFault, readonly Unclassified[]]>([
    ['are refused behind the gateway', { kind: 'dead' }, CUT],
    ['are reset before the reply', { kind: 'resets' }, CUT],
    ['end before the reply', { kind: 'eof' }, CUT],
    ['are never answered', { kind: 'silent' }, ['timeout']],
    ['get half a line and its end', { kind: 'half-line', afterwards: 'close' }, ['unknown reply']],
    ['get half a line and no more', { kind: 'half-line', afterwards: 'hold' }, ['timeout']],
    ['get bytes without end and no line', { kind: 'endless' }, ['truncated reply']],
    ['get what is no UTF-8', { kind: 'invalid-utf8' }, ['unknown reply']],
    ['get an unknown prefix', { kind: 'prefix', prefix: 'three' }, ['unknown reply']],
    ['get a byte now and then', { kind: 'drip', everyMs: 100 }, ['timeout']],
  ])('%s are a class of their own, and fail the check', async (_, fault, why) => {
    await sandbox.faults.destination('v2', fault)
    const patience = why.includes('timeout') ? SHORT : '5s'
    const { outcome } = await runOn(sandbox, { ...VERIFY, 'probe-timeout': patience })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply' })
    const [check] = outcome.checks
    const met = Object.keys(check?.attempts[0]?.outcomes ?? {})
    expect(met).not.toEqual([])
    for (const one of met) expect(why).toContain(one)
  })

  test.each<[string, DestinationFault]>([
    ['in two packets', { kind: 'two-packets', gapMs: 1 }],
    ['with a carriage return', { kind: 'crlf' }],
  ])('are answered %s are good ones', async (_, fault) => {
    await sandbox.faults.destination('v2', fault)
    const inputs = { ...VERIFY, confidence: SURE }
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.attempts[0]?.outcomes).toEqual({})
  })

  test.each<[string, GatewayFault, RegExp]>([
    ['the gateway refuses', { kind: 'refuses' }, /^All 10 .* were refused\.$/],
    [
      'the gateway swallows',
      { kind: 'black-hole' },
      /^All 10 .* got no complete reply within probe-timeout\.$/,
    ],
    ['the gateway resets', { kind: 'resets' }, /^All 10 .* were reset\.$/],
  ])('%s stop the run before it writes', async (_, fault, says) => {
    await sandbox.faults.gateway(fault)
    const inputs = { subset: 'v2', weight: '70', 'probe-timeout': SHORT }
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toMatch(says)
    expect(writes(sandbox)).toEqual([])
  })
})

describe('fault 28: a gateway that', () => {
  test('serves the previous and the new weights in turns never passes, and the previous ones are restored', async () => {
    await sandbox.faults.gateway({ kind: 'flapping', connections: 30 })
    const before = routeText(sandbox)
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '100',
      'propagation-timeout': '100ms',
    })
    expect(outcome.verdict).toBe('fail')
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
  })
})

describe('fault 30: an entry', () => {
  const leave = (weights: readonly (number | undefined)[]) => {
    const route = weights.map((weight, index) => ({
      destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${index + 1}` },
      ...(weight === undefined ? {} : { weight }),
    }))
    sandbox.objects.patch(ROUTE, { spec: { tcp: [{ match: [{ port: 31400 }], route }] } })
  }

  test.each<[string, (number | undefined)[]]>([
    ['a weight missing', [100, undefined]],
    ['a weight of 0', [1, 0]],
    ['weights that sum to 3', [2, 1]],
  ])('with %s is shifted, and restored as it was written', async (_, weights) => {
    leave(weights)
    await sandbox.applied()
    const before = routeText(sandbox)
    const failing = { connections: '1', 'propagation-timeout': '0s' }
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '60', ...failing })
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    const passing = { subset: 'v2', weight: '60', tolerance: '30' }
    expect((await runOn(sandbox, passing)).outcome.verdict).toBe('pass')
    expect(weightsOn(sandbox)).toEqual({ v1: 40, v2: 60 })
  })
})
