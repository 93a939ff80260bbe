import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { runHttp, runOn, SURE } from '../../kit/run/run.ts'
import { type Json, type JsonObject, listAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { headlineOf } from '../../src/report/facts/headline.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ web: { http: { v1: 80, v2: 20 } }, debounceMs: 10 })
  const [rule] = listAt(sandbox.objects.get(WEB_ROUTE), 'spec', 'http') as JsonObject[]
  const http: Json = [{ ...rule, match: [{ uri: { prefix: '/' } }] }]
  sandbox.objects.patch(WEB_ROUTE, { spec: { http } })
})
afterEach(() => sandbox.stop())

/** A verify of weights that the object does not have. */
const VERIFY = {
  mode: 'verify',
  weights: '{v1: 50, v2: 50}',
  tolerance: '12',
  'propagation-timeout': '100ms',
}

/** Inserts a rule above all others that takes everything, as another client would. */
function insertRule(route: typeof ROUTE, protocol: 'http' | 'tcp'): void {
  const rules = listAt(sandbox.objects.get(route), 'spec', protocol) as JsonObject[]
  const [first = {}] = rules
  const destinations = listAt(first, 'route')
  const rule: Json = { ...first, route: destinations.slice(0, 1).map(withoutWeight) }
  if (protocol === 'http') delete rule.match
  const spec = { [protocol]: [rule, ...rules] }
  sandbox.objects.patch(route, { spec }, 'kubectl-edit')
}

function withoutWeight(destination: Json): Json {
  const { weight: _, headers: __, ...rest } = destination as JsonObject
  return rest
}

/** Acts once, at the first line that fits. */
function once(line: RegExp, act: () => void): { onLine: (text: string) => void } {
  let isDone = false
  return {
    onLine(text) {
      if (isDone || !line.test(text)) return
      isDone = true
      act()
    },
  }
}

describe('a run whose requests hit another rule since another client has inserted one above', () => {
  const inserted = (line: RegExp) => once(line, () => insertRule(WEB_ROUTE, 'http'))
  const SHIFT = { subset: 'v2', weight: '60', tolerance: '12', 'propagation-timeout': '100ms' }
  const VOID = { verdict: 'error', reason: 'changed-by-other', code: 'ITS-OTHER-RULE-HIT' }
  const NOW = 'The requests of this run now hit rule http[0] of demo/web, instead of rule '

  test.each([
    ['by replies', {}],
    ['with stamps', { expect: 'stamp' }],
  ])('restores the weights of its own rule and names the other one, %s', async (_, inputs) => {
    const { outcome, record, log } = await runHttp(
      sandbox,
      { ...SHIFT, ...inputs },
      inserted(/^Written at/),
    )
    expect(outcome).toMatchObject({ ...VOID, rolledBack: true, weights: { v1: 80, v2: 20 } })
    expect(outcome.message).toContain('The previous weights are restored (v1 80%, v2 20%)')
    expect(outcome.message).toContain(NOW)
    expect(outcome.message).toContain('The check does not count')
    expect(outcome.message).not.toContain('The gateway still')
    expect(`${outcome.remedy}${log}`).not.toContain('istiod')
    expect(headlineOf(record, outcome)).toMatch(
      /: what the run sends no longer hits its rule\. Previous weights restored\.$/,
    )
  })

  test('keeps its weights where on-failure is keep, and still shows how to restore the previous ones', async () => {
    const { outcome } = await runHttp(
      sandbox,
      { ...SHIFT, 'on-failure': 'keep' },
      inserted(/^Written at/),
    )
    expect(outcome).toMatchObject({ ...VOID, rolledBack: false, weights: { v1: 40, v2: 60 } })
    expect(outcome.message).toContain(NOW)
    expect(outcome.remedy).toContain('To restore the previous weights:')
  })

  test('does not blame the gateway where it only verifies', async () => {
    const { outcome } = await runHttp(sandbox, VERIFY, inserted(/^Preflight: /))
    expect(outcome).toMatchObject({ ...VOID, wrote: false, weights: { v1: 80, v2: 20 } })
    expect(outcome.message).toContain(NOW)
  })
})

test('a verify that fails says that another client has changed the weights meanwhile', async () => {
  const { outcome } = await runHttp(
    sandbox,
    VERIFY,
    once(/^Preflight: /, () => {
      const [rule = {}] = listAt(sandbox.objects.get(WEB_ROUTE), 'spec', 'http') as JsonObject[]
      const [first = {}, second = {}] = listAt(rule, 'route') as JsonObject[]
      const route: Json = [
        { ...first, weight: 10 },
        { ...second, weight: 90 },
      ]
      sandbox.objects.patch(WEB_ROUTE, { spec: { http: [{ ...rule, route }] } }, 'kubectl-edit')
    }),
  )
  expect(outcome).toMatchObject({ code: 'ITS-CHANGED-BY-OTHER', weights: { v1: 10, v2: 90 } })
  expect(outcome.message).toContain('demo/web has v1 10%, v2 90% now. Another client changed')
})

test('a verify that passes while its object is deleted reports the deletion, and no weights', async () => {
  await sandbox.faults.gateway({ kind: 'never' })
  const { outcome } = await runHttp(
    sandbox,
    { mode: 'verify', weights: 'current', confidence: SURE, tolerance: '12' },
    once(/^Preflight: /, () => sandbox.objects.delete(WEB_ROUTE)),
  )
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-OBJECT-DELETED' })
  expect(outcome.weights).toBeUndefined()
})

test('a shift of a tcp rule names the rule above that takes its connections since', async () => {
  sandbox.objects.patch(ROUTE, { spec: { tcp: [tcpRule(80, 20)] } })
  const { outcome } = await runOn(
    sandbox,
    { subset: 'v2', weight: '60', 'propagation-timeout': '100ms' },
    once(/^Written at/, () => {
      const own = listAt(sandbox.objects.get(ROUTE), 'spec', 'tcp')
      const other = { ...tcpRule(100, 0), match: [{ port: 31400, sourceLabels: {} }] }
      sandbox.objects.patch(ROUTE, { spec: { tcp: [other, ...own] } }, 'kubectl-edit')
    }),
  )
  expect(outcome).toMatchObject({ code: 'ITS-OTHER-RULE-HIT', rolledBack: true })
  expect(outcome.message).toContain(
    'The connections of this run now hit rule tcp:31400 of demo/tcp-echo',
  )
  expect(listAt(sandbox.objects.get(ROUTE), 'spec', 'tcp')).toHaveLength(2)
  expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
})

function tcpRule(v1: number, v2: number): JsonObject {
  const to = (subset: string, weight: number) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
    weight,
  })
  return { match: [{ port: 31400 }], route: [to('v1', v1), to('v2', v2)] }
}
