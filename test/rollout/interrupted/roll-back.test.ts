import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun, ROLLBACK, VERSION_1 } from '../../../kit/run/interrupted.ts'
import { hasJournal, ROUTE, routeText, weightsOn, writes } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { droppedAfter, hooks } from '../../../sandbox/faults/api-acts.ts'
import { listAt } from '../../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const WRITES = { method: 'PATCH', dryRun: false }

let sandbox: Sandbox
let before: string
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(NOW_MS) })
  before = routeText(sandbox)
})
afterEach(() => sandbox.stop())

/** Changes the weights as somebody with kubectl does. */
function edit(percent: number): void {
  const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as {
    tcp: { route: { weight: number }[] }[]
  }
  for (const [index, route] of (spec.tcp[0]?.route ?? []).entries())
    route.weight = index === 0 ? 100 - percent : percent
  sandbox.objects.patch(ROUTE, { spec })
}

describe('mode: rollback', () => {
  test('a rollback restores what a run left that may be in progress, in one write, and names that run', async () => {
    interruptRun(sandbox, NOW_MS)
    const { outcome, record, lines } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({
      verdict: 'restored',
      reason: 'restored',
      previousWeights: { v1: 50, v2: 50 },
      weights: { v1: 80, v2: 20 },
      rolledBack: true,
      checks: [],
    })
    expect(outcome.message).toBe(
      'demo/tcp-echo is restored: v1 80%, v2 20%. The weights before the rollback were written by https://ci.example/jobs/7 (started 00:00:00 UTC). If that run is still in progress, it ends with the reason changed-by-other.',
    )
    expect(lines.at(-1)).toMatchObject({ level: 'notice' })
    expect(record.journal).toMatchObject({ by: 'https://ci.example/jobs/7', rollback: 'restore' })
    expect(writes(sandbox)).toHaveLength(1)
    expect(routeText(sandbox)).toBe(before)
  })

  test.each([
    ['that has expired', { expires: new Date(NOW_MS - 1).toISOString() }],
    ['of version 1', VERSION_1],
    ['whose on-failure is keep', { onFailure: 'keep' }],
  ])('restores a run %s', async (_, journal) => {
    interruptRun(sandbox, NOW_MS, journal)
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'restored', reason: 'restored' })
    expect(routeText(sandbox)).toBe(before)
  })

  test('restores the list that the journal names, where that is not the one from before the run', async () => {
    const route = (weight: number, version: number) => ({
      destination: { host: 'tcp-echo', port: { number: 9000 }, subset: `v${version}` },
      weight,
    })
    interruptRun(sandbox, NOW_MS, { restoreTo: [route(70, 1), route(30, 2)] })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ reason: 'restored', weights: { v1: 70, v2: 30 } })
    expect(weightsOn(sandbox)).toEqual({ v1: 70, v2: 30 })
  })

  test('writes nothing where there is no journal', async () => {
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'restored', reason: 'nothing-to-restore' })
    expect(outcome.message).toBe(
      'No run is in progress on demo/tcp-echo. Nothing was written.\ntcp:31400: v1 80%, v2 20%',
    )
    expect(outcome.weights).toEqual({ v1: 80, v2: 20 })
    expect(writes(sandbox)).toEqual([])
  })

  test('a rollback keeps weights that another client wrote since, and removes only the journal', async () => {
    interruptRun(sandbox, NOW_MS)
    edit(33)
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      rolledBack: false,
    })
    expect(outcome.message).toBe(
      'demo/tcp-echo has v1 67%, v2 33% now. Another client changed the weights after https://ci.example/jobs/7 (started 00:00:00 UTC) wrote to it. Nothing was restored, and only the journal was removed. Before that run they were v1 80%, v2 20%.',
    )
    expect(outcome.previousWeights).toEqual({ v1: 80, v2: 20 })
    expect(outcome.remedy).toContain('To restore v1 80%, v2 20% anyway:\n  kubectl ')
    expect(weightsOn(sandbox)).toEqual({ v1: 67, v2: 33 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test.each([
    ['of another object (fault 52)', { uid: 'another' }, 'carries the journal of another object'],
    ['of a newer version', { version: 3 }, 'carries a journal of version 3'],
    ['for another kind', { kind: 'UDPRoute' }, 'carries a journal for a UDPRoute'],
    [
      'for another kind and object',
      { kind: 'x', uid: 'y' },
      'carries a journal for a x (annotation',
    ],
    ['that cannot be read', { original: 'all of it' }, 'carries a journal that cannot be read'],
    ['without the object it is for', { uid: undefined }, 'carries a journal that cannot be read'],
  ])('does not act on a journal %s, and says how to remove it', async (_, journal, says) => {
    interruptRun(sandbox, NOW_MS, journal)
    const left = routeText(sandbox)
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
    expect(outcome.message).toContain(`demo/tcp-echo ${says}`)
    expect(outcome.message).toContain('Nothing was written.')
    expect(outcome.remedy).toContain(
      "kubectl --context 'sandbox' --namespace 'demo' annotate virtualservice 'tcp-echo' 'istio-traffic-shift/journal-'",
    )
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(left)
  })

  test('restores the second of two rules with the same match, where the journal is for that one', async () => {
    const rules = () => listAt(sandbox.objects.get(ROUTE), 'spec', 'tcp')
    const [rule = null] = structuredClone(rules())
    interruptRun(sandbox, NOW_MS, { nth: 1 })
    sandbox.objects.patch(ROUTE, { spec: { tcp: [rule, ...rules()] } })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ reason: 'restored', weights: { v1: 80, v2: 20 } })
    expect(rules()).toEqual([rule, rule])
  })

  test('says that it restored although the answer to its write was lost', async () => {
    interruptRun(sandbox, NOW_MS)
    await sandbox.faults.api({ match: WRITES, times: 1, act: droppedAfter() })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ reason: 'restored', weights: { v1: 80, v2: 20 } })
    expect(routeText(sandbox)).toBe(before)
  })

  test('leaves a run alone that began after the one whose journal it found', async () => {
    interruptRun(sandbox, NOW_MS)
    const act = hooks({
      before: () => interruptRun(sandbox, NOW_MS, { owner: 'next', by: 'ann@laptop' }),
    })
    await sandbox.faults.api({ match: WRITES, times: 1, act })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'locked' })
    expect(outcome.message).toContain('ann@laptop')
    expect(hasJournal(sandbox)).toBe(true)
  })
})

describe('a live run that is rolled back (fault 53)', () => {
  const SHIFT = { subset: 'v2', weight: '60', tolerance: '20', payload: 'hello\\n' }

  test.each([
    ['before its journal is removed', SHIFT],
    ['before its next step', { ...SHIFT, steps: '40', weight: '80', tolerance: '30' }],
    ['before its own rollback', { ...SHIFT, connections: '1', 'propagation-timeout': '0s' }],
  ])('%s ends with the reason changed-by-other and does not write again', async (_, inputs) => {
    let rolledBack: Outcome | undefined
    const act = hooks({
      before: async () => {
        rolledBack = (await runOn(sandbox, ROLLBACK)).outcome
      },
    })
    await sandbox.faults.api({ match: { ...WRITES, nth: 2 }, act })
    const { outcome } = await runOn(sandbox, inputs)
    expect(rolledBack).toMatchObject({ verdict: 'restored', reason: 'restored' })
    expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: false })
    expect(routeText(sandbox)).toBe(before)
  })

  test('does not explain the change by a check whose connections met the restored weights', async () => {
    let rolledBack: Promise<unknown> | undefined
    const inputs = { subset: 'v2', weight: '70', 'propagation-timeout': '1s', rate: '60' }
    const { outcome } = await runOn(sandbox, inputs, {
      onLine: (text) => {
        if (text.startsWith('Written at')) rolledBack = runOn(sandbox, ROLLBACK)
      },
    })
    await rolledBack
    expect(outcome).toMatchObject({
      reason: 'changed-by-other',
      problems: [{ code: 'ITS-WEIGHTS-RESTORED-BY-OTHER' }],
    })
    expect(outcome.message).toContain('The check does not count')
    expect(outcome.message).not.toMatch(/still splits|Observed/)
  })

  test('a run does not repeat a write whose answer was lost and that was rolled back', async () => {
    const act = hooks({
      after: async () => {
        await runOn(sandbox, ROLLBACK)
        sandbox.objects.patch(ROUTE, { metadata: { labels: { team: 'payments' } } })
      },
    })
    const lost = droppedAfter()
    await sandbox.faults.api({
      match: WRITES,
      times: 1,
      act: (request, handle, signal) => lost(request, () => act(request, handle, signal), signal),
    })
    const { outcome } = await runOn(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: false })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox)).toBe(false)
  })
})
