import { afterEach, describe, expect, test } from 'vitest'
import { hasJournal, ROUTE, routeText, weightsOn, writes } from '../../kit/run/object.ts'
import { runOn, SURE } from '../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { outputsOf } from '../../src/report/outputs.ts'

let running: Sandbox | undefined

async function mesh(options: SandboxOptions = {}): Promise<Sandbox> {
  running = await startSandbox(options)
  return running
}

afterEach(async () => {
  await running?.stop()
  running = undefined
})

const THREE = {
  subsets: { v1: 'one', v2: 'two', v3: 'three' },
  weights: { v1: 60, v2: 20, v3: 20 },
}
const EXPECT_THREE = '{v1: "^one ", v2: "^two ", v3: "^three "}'

describe('a shift that the gateway acts on', () => {
  test('brings in a second destination beside a single one without a weight, and passes', async () => {
    const sandbox = await mesh()
    const { outcome, files } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '8' })
    expect(outcome).toMatchObject({
      verdict: 'pass',
      reason: 'within-tolerance',
      rolledBack: false,
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox)).toBe(false)
    const outputs = outputsOf(outcome, files)
    expect(outputs['previous-weights']).toBe('{"v1":100}')
    expect(outputs.weights).toBe('{"v1":80,"v2":20}')
    const observed: Record<string, number> = JSON.parse(outputs.observed)
    const interval: Record<string, [number, number]> = JSON.parse(outputs.interval)
    expect(Math.abs((observed.v2 ?? 0) - 20)).toBeLessThan(8)
    expect(interval.v2?.[0]).toBeLessThan(observed.v2 ?? 0)
    expect(interval.v2?.[1]).toBeGreaterThan(observed.v2 ?? 0)
    expect(Number(outputs.connections)).toBeGreaterThan(100)
    expect(outputs.unclassified).toBe('0')
    expect(Number(outputs['propagation-ms'])).toBeGreaterThan(20)
  })

  test('ends with an object in which nothing but the weights is another', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const before = routeText(sandbox)
    await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    const after = routeText(sandbox)
    expect(after).toBe(
      before.replace('"weight": 80', '"weight": 50').replace('"weight": 20', '"weight": 50'),
    )
  })

  test('confirms each step of a ramp before the next, and skips those that it is past', async () => {
    const sandbox = await mesh({ weights: { v1: 50, v2: 50 } })
    const { outcome, log } = await runOn(sandbox, {
      subset: 'v2',
      weight: '100',
      steps: '20, 60 60 90',
      tolerance: '15',
    })
    expect(outcome.verdict).toBe('pass')
    expect(log).toContain('Skipped steps: 20%. They are not between')
    expect(outcome.checks.map(({ target, ended }) => [target[1], ended])).toEqual([
      [0.6, 'pass'],
      [0.9, 'pass'],
      [1, 'pass'],
    ])
    expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
    expect(writes(sandbox)).toHaveLength(4)
  })

  test('keeps the proportions of the other destinations', async () => {
    const sandbox = await mesh(THREE)
    const { outcome } = await runOn(sandbox, {
      subset: 'v3',
      weight: '50',
      expect: EXPECT_THREE,
      tolerance: '15',
    })
    expect(outcome.verdict).toBe('pass')
    expect(weightsOn(sandbox)).toEqual({ v1: 38, v2: 12, v3: 50 })
  })

  test('takes a weight for every destination', async () => {
    const sandbox = await mesh(THREE)
    const { outcome } = await runOn(sandbox, {
      weights: '{v1: 10, v2: 40, v3: 50}',
      expect: EXPECT_THREE,
      tolerance: '15',
    })
    expect(outcome.verdict).toBe('pass')
    expect(weightsOn(sandbox)).toEqual({ v1: 10, v2: 40, v3: 50 })
  })

  test('reads weights that do not sum to 100 as proportions', async () => {
    const sandbox = await mesh({ weights: { v1: 3, v2: 1 } })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    expect(outcome.previousWeights).toEqual({ v1: 75, v2: 25 })
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
  })

  test('waits for a gateway that acts late, and says how long it took', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    await sandbox.faults.gateway({ kind: 'late', byMs: 600 })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    expect(outcome.verdict).toBe('pass')
    const [check] = outcome.checks
    // The switch shows before the first attempt, so no attempt is spent on the previous weights.
    expect(check?.attempts.map(({ place }) => place)).toEqual(['early'])
    expect(check?.propagationMs).toBeGreaterThan(500)
    expect(check?.propagationMs).toBeLessThan(1500)
  })

  test('confirms weights that are there already without a write', async () => {
    const sandbox = await mesh({ weights: { v1: 4, v2: 1 } })
    const before = routeText(sandbox)
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '20',
      tolerance: '15',
      confidence: SURE,
    })
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'unchanged' })
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(before)
  })

  test('spends no call twice for the same fact', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    const reads = sandbox.calls.filter(({ method }) => method === 'GET').map(({ path }) => path)
    expect(reads).toHaveLength(new Set(reads).size)
  })
})

describe('a shift that is not confirmed', () => {
  test.each([
    ['one destination without a weight', {}],
    ['two destinations', { weights: { v1: 80, v2: 20 } }],
    ['weights that do not sum to 100', { weights: { v1: 7, v2: 2 } }],
  ])('puts %s back byte for byte', async (_, options) => {
    const sandbox = await mesh(options)
    const before = routeText(sandbox)
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 50, v2: 50 } })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '80',
      tolerance: '15',
      'propagation-timeout': '100ms',
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(outcome.remedy).toContain("istioctl --context 'sandbox' proxy-status")
    expect(routeText(sandbox)).toBe(before)
    expect(outcome.weights).toEqual(outcome.previousWeights)
  })

  test('goes back to the weights from before the run from every step', async () => {
    const sandbox = await mesh({ weights: { v1: 90, v2: 10 } })
    const before = routeText(sandbox)
    const { outcome } = await runOn(
      sandbox,
      {
        subset: 'v2',
        weight: '80',
        steps: '40',
        tolerance: '15',
        'propagation-timeout': '100ms',
        'step-interval': '1ms',
      },
      {
        onLine: (text: string) =>
          /^✔ Confirmed/.test(text)
            ? sandbox.faults.gateway({ kind: 'shares', shares: { v2: 1 } })
            : undefined,
      },
    )
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(outcome.checks.map(({ ended }) => ended)).toEqual(['pass', 'off-target'])
    expect(routeText(sandbox)).toBe(before)
  })

  test('is not-propagated where the gateway keeps using the previous weights', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    await sandbox.faults.gateway({ kind: 'never' })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '60',
      tolerance: '15',
      confidence: SURE,
      'propagation-timeout': '100ms',
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', rolledBack: true })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(outcome.message).toContain('and the gateway still uses them')
  })

  test('is off-target while one of two replicas has the previous weights, once samples refute those', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 }, replicas: 2 })
    await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '60',
      tolerance: '15',
      'propagation-timeout': '100ms',
    })
    // Even if the deciding connections all follow the previous weights, those after them do not.
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target' })
  })

  test('fails at once for a destination that does not answer, and names it', async () => {
    const sandbox = await mesh()
    const before = routeText(sandbox)
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20' })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(outcome.checks[0]?.attempts).toHaveLength(1)
    expect(outcome.remedy).toBe(
      "Check the Pods of the destination that does not answer:\n  kubectl --context 'sandbox' --namespace 'demo' get pods --output wide\nTo list the Pods of v2 alone:\n  kubectl --context 'sandbox' --namespace 'demo' get pods --selector 'app=tcp-echo,version=v2' --output wide",
    )
    expect(outcome.message).toMatch(
      /\nv2 does not answer: it answered 0 of about \d+\. .* Ready Pods: v1 1 of 1, v2 1 of 1\.$/,
    )
    expect(routeText(sandbox)).toBe(before)
  })

  test('leaves a destination that does not answer', async () => {
    const sandbox = await mesh({ weights: { v1: 50, v2: 50 } })
    await sandbox.faults.destination('v1', { kind: 'dead' })
    await sandbox.faults.gateway({ kind: 'late', byMs: 400 })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '100', tolerance: '15' })
    expect(outcome.verdict).toBe('pass')
    expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  })

  test('does not wait for a destination that stops answering at the write and is to get more', async () => {
    const sandbox = await mesh({ weights: { v1: 50, v2: 50 } })
    const before = routeText(sandbox)
    let dying: Promise<unknown> = Promise.resolve()
    const { outcome, record } = await runOn(
      sandbox,
      { subset: 'v2', weight: '80', tolerance: '15' },
      {
        onLine: (text) => {
          if (/^Written/.test(text)) dying = sandbox.faults.destination('v2', { kind: 'dead' })
        },
      },
    )
    await dying
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(outcome.checks[0]?.attempts).toHaveLength(1)
    expect(record.restoreCheck?.attempts).toHaveLength(1)
    expect(routeText(sandbox)).toBe(before)
  })

  test('fails where all connections of this client stay with one destination', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    await sandbox.faults.gateway({ kind: 'pinned', by: 'everybody' })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      tolerance: '15',
      'propagation-timeout': '100ms',
    })
    expect(outcome).toMatchObject({
      verdict: 'fail',
      reason: 'not-propagated',
      rolledBack: true,
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
  })

  test('is inconclusive where the shares are right and connections are not independent', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    await sandbox.faults.gateway({ kind: 'blocks', length: 5 })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      tolerance: '20',
      connections: '400',
      'propagation-timeout': '100ms',
    })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'dependent',
      rolledBack: true,
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
  })

  test('is inconclusive where its connections do not suffice', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      connections: '20',
      'propagation-timeout': '100ms',
    })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'limit-reached',
      rolledBack: true,
      message: expect.stringMatching(
        /\nThe check was not decided after \d+ connections, and no more were allowed\. The replies .*fit .* of \d+ connections\.$/,
      ),
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })

  test('is inconclusive when its time is up, with the previous weights restored within it', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const { outcome, record } = await runOn(sandbox, {
      subset: 'v2',
      weight: '50',
      rate: '100',
      timeout: '3s',
      connections: '10000',
    })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'limit-reached',
      rolledBack: true,
    })
    expect(record.tookMs).toBeLessThan(3500)
  })

  test('keeps the weights and removes the mark where on-failure says keep', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    await sandbox.faults.gateway({ kind: 'even' })
    const { outcome } = await runOn(sandbox, {
      subset: 'v2',
      weight: '90',
      tolerance: '15',
      'propagation-timeout': '100ms',
      'on-failure': 'keep',
    })
    expect(outcome).toMatchObject({
      verdict: 'fail',
      rolledBack: false,
      weights: { v1: 10, v2: 90 },
    })
    expect(weightsOn(sandbox)).toEqual({ v1: 10, v2: 90 })
    expect(hasJournal(sandbox)).toBe(false)
    expect(outcome.message).toMatch(
      /^The weights of this run stay \(v1 10%, v2 90%\), because on-failure is keep\.\n/,
    )
    expect(outcome.remedy).toMatch(
      /\nTo restore the previous weights:\n {2}kubectl .* patch virtualservice 'tcp-echo' .*"weight":80.*"weight":20/,
    )
  })

  test('tells replies that expect does not know from Pods that do not answer', async () => {
    const sandbox = await mesh()
    const unknown = '{v1: "^one", v2: "^zwei"}'
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '50', expect: unknown })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
    expect(outcome.remedy).toBe(
      'Correct expect, so that exactly one expression matches each reply. It has v1: /^one/, v2: /^zwei/.',
    )
  })

  test('leaves weights that somebody else wrote in between, and says who', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '50', tolerance: '15' },
      {
        onLine: (text: string) => {
          if (!/^Written/.test(text)) return
          const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as {
            tcp: { route: { weight: number }[] }[]
          }
          for (const route of spec.tcp[0]?.route ?? [])
            route.weight = route.weight === 50 ? 33 : route.weight
          sandbox.objects.patch(ROUTE, { spec }, 'argocd-controller')
        },
      },
    )
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'changed-by-other',
      rolledBack: false,
    })
    expect(outcome.message).toContain('argocd-controller')
    expect(weightsOn(sandbox)).toEqual({ v1: 33, v2: 33 })
    expect(hasJournal(sandbox)).toBe(false)
  })
})
