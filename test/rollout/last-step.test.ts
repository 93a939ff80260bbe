import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun, ROLLBACK, STATUS } from '../../kit/run/interrupted.ts'
import { hasJournal, ROUTE, routeText, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { runHttp, runOn, SURE } from '../../kit/run/run.ts'
import { deniedBy, hooks } from '../../sandbox/faults/api-acts.ts'
import { textAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'
import { headlineOf } from '../../src/report/facts/headline.ts'
import { productionOf } from '../../src/report/facts/production.ts'
import { whatHappened } from '../../src/report/what-happened.ts'

/** A shift by way of 55, wide enough to be confirmed by some dozen samples. */
const RAMP = {
  ...{ subset: 'v2', steps: '55', weight: '90', tolerance: '30', confidence: SURE },
  ...{ 'propagation-timeout': '0s', 'on-failure': 'last-step' },
}

const STEP = { v1: 45, v2: 55 }
const WRITE = { method: 'PATCH', dryRun: false }

let sandbox: Sandbox
let aheadMs = 0

async function start(options: Parameters<typeof startSandbox>[0]): Promise<void> {
  aheadMs = 0
  sandbox = await startSandbox({
    debounceMs: 1,
    now: () => new Date(Date.now() + aheadMs),
    ...options,
  })
}

afterEach(() => sandbox.stop())

/** From the second write on, the gateway stays at the weights of the step. */
function stuckAtStep(act: () => unknown = () => undefined) {
  let writes = 0
  return {
    onLine(text: string) {
      if (!/^Written at /.test(text)) return
      writes += 1
      if (writes === 2) {
        void sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.45, v2: 0.55 } })
        act()
      }
    },
  }
}

/** The object as a run leaves it that is killed after it confirmed 55 and wrote 50. */
function interruptAfterStep(): void {
  const { spec } = structuredClone(sandbox.objects.get(ROUTE)) as unknown as {
    spec: { tcp: { route: { weight: number }[] }[] }
  }
  const route = spec.tcp[0]?.route ?? []
  const restoreTo = route.map((item, index) => ({ ...item, weight: [45, 55][index] ?? 0 }))
  interruptRun(sandbox, Date.now(), { restoreTo: restoreTo as never })
}

describe('on-failure: last-step', () => {
  beforeEach(() => start({ weights: { v1: 80, v2: 20 } }))

  test('restores the step that was confirmed if the next one fails', async () => {
    const { outcome, record, log } = await runOn(sandbox, RAMP, stuckAtStep())
    expect(outcome).toMatchObject({
      verdict: 'fail',
      rolledBack: true,
      weights: STEP,
      previousWeights: { v1: 80, v2: 20 },
      lastStep: { number: 1, weights: STEP },
    })
    expect(outcome.message).toMatch(
      /^The weights of the last confirmed step are restored \(v1 45%, v2 55%\)/,
    )
    expect(log).toContain('Restore the last confirmed step: v1 45%, v2 55%')
    expect(headlineOf(record, outcome)).toContain('Last confirmed step restored.')
    expect(productionOf(record, outcome).text).toMatch(
      /^Production now: v1 45%, v2 55%, confirmed \(.*\)\. .*v2 had 90% on the object for/,
    )
    expect(whatHappened(record, outcome).at(-1)).toMatch(
      /^Restored: v1 45%, v2 55%, the last confirmed step at .*, because the run ended with fail/,
    )
    expect(weightsOn(sandbox)).toEqual(STEP)
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('restores the weights from before the run if it confirmed no step', async () => {
    const before = routeText(sandbox)
    const { outcome, record } = await runOn(sandbox, { ...RAMP, connections: '1' })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      rolledBack: true,
      weights: { v1: 80, v2: 20 },
    })
    expect(outcome.lastStep).toBeUndefined()
    expect(headlineOf(record, outcome)).toContain('Previous weights restored.')
    expect(routeText(sandbox)).toBe(before)
  })

  test('takes one patch for each step, and records the confirmed one in that of the next', async () => {
    const journals: unknown[] = []
    await sandbox.faults.api({
      match: WRITE,
      act: hooks({
        after: async () => {
          const text = textAt(sandbox.objects.get(ROUTE), 'metadata', 'annotations', JOURNAL)
          if (text !== undefined) journals.push(JSON.parse(text))
        },
      }),
    })
    const { outcome } = await runOn(sandbox, { ...RAMP, steps: '40, 55' })
    expect(outcome.verdict).toBe('pass')
    expect(outcome.lastStep).toBeUndefined()
    const weight = (v2: number) => [{ weight: 100 - v2 }, { weight: v2 }]
    expect(journals).toMatchObject([
      { original: weight(20), written: weight(40), onFailure: 'rollback' },
      { original: weight(20), written: weight(55), restoreTo: weight(40), onFailure: 'rollback' },
      { original: weight(20), written: weight(90), restoreTo: weight(55), onFailure: 'rollback' },
    ])
    expect(journals[0]).not.toHaveProperty('restoreTo')
    expect(weightsOn(sandbox)).toEqual({ v1: 10, v2: 90 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('keeps a destination that the confirmed step has added', async () => {
    await sandbox.stop()
    await start({})
    const { outcome } = await runOn(sandbox, RAMP, stuckAtStep())
    expect(outcome).toMatchObject({ rolledBack: true, weights: STEP, previousWeights: { v1: 100 } })
    expect(weightsOn(sandbox)).toEqual(STEP)
  })

  test('leaves the confirmed step in force if the next write is refused, and checks nothing again', async () => {
    await sandbox.faults.api({ match: { ...WRITE, nth: 2 }, act: deniedBy('quota', 'Not now.') })
    const { outcome, record } = await runOn(sandbox, RAMP)
    expect(outcome).toMatchObject({ verdict: 'error', rolledBack: true, weights: STEP })
    expect(outcome.message).toContain(
      'The weights of the last confirmed step stay (v1 45%, v2 55%).',
    )
    expect(headlineOf(record, outcome)).toContain('Last confirmed step stays.')
    expect(productionOf(record, outcome).text).toMatch(
      /^Production now: v1 45%, v2 55%, the last confirmed step\. v2 has had 55% on the object since/,
    )
    expect(whatHappened(record, outcome).at(-1)).toMatch(
      /^Kept: v1 45%, v2 55%, the last confirmed step, because/,
    )
    expect(record.restoreCheck).toBeUndefined()
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('restores the confirmed step if the answer to the next write is lost and the write was not stored', async () => {
    const cancel = new AbortController()
    await sandbox.faults.api({
      match: { ...WRITE, nth: 2 },
      act: async () => {
        cancel.abort()
        return { kind: 'drop' }
      },
    })
    const { outcome } = await runOn(sandbox, RAMP, { cancelled: cancel.signal })
    expect(outcome).toMatchObject({ reason: 'cancelled', rolledBack: true, weights: STEP })
    expect(weightsOn(sandbox)).toEqual(STEP)
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('does not count a step whose interval was not over as confirmed', async () => {
    const before = routeText(sandbox)
    const cancel = new AbortController()
    const { outcome } = await runOn(
      sandbox,
      { ...RAMP, 'step-interval': '1m' },
      {
        cancelled: cancel.signal,
        onLine: (text) => (/^Pause|[Ww]atch/.test(text) ? cancel.abort() : undefined),
      },
    )
    expect(outcome).toMatchObject({ reason: 'cancelled', rolledBack: true })
    expect(routeText(sandbox)).toBe(before)
  })

  test('shows the previous weights and the confirmed step if another client changed the weights', async () => {
    const { outcome } = await runOn(
      sandbox,
      RAMP,
      stuckAtStep(() => {
        const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as {
          tcp: { route: { weight: number }[] }[]
        }
        for (const [index, route] of (spec.tcp[0]?.route ?? []).entries())
          route.weight = [30, 70][index] ?? 0
        sandbox.objects.patch(ROUTE, { spec }, 'kubectl-edit')
      }),
    )
    expect(outcome).toMatchObject({ reason: 'changed-by-other', rolledBack: false })
    expect(outcome.message).toContain(
      'Before the run it had v1 80%, v2 20%. The last confirmed step of the run is v1 45%, v2 55%.',
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 30, v2: 70 })
  })
})

describe('the journal of a killed run with on-failure: last-step', () => {
  beforeEach(() => start({ weights: { v1: 80, v2: 20 } }))

  test('shows the step that a rollback restores, and the weights from before the run', async () => {
    interruptAfterStep()
    const { outcome } = await runOn(sandbox, STATUS)
    expect(outcome).toMatchObject({
      verdict: 'in-progress',
      previousWeights: { v1: 80, v2: 20 },
      weights: { v1: 50, v2: 50 },
    })
    expect(outcome.remedy).toContain('A rollback restores v1 45%, v2 55%, the last confirmed step.')
  })

  test('is rolled back to the confirmed step', async () => {
    interruptAfterStep()
    const { outcome, record } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'restored', rolledBack: true, weights: STEP })
    expect(outcome.message).toMatch(
      /^demo\/tcp-echo is restored to the last confirmed step of .*: v1 45%, v2 55%\./,
    )
    expect(headlineOf(record, outcome)).toContain('the last confirmed step is restored')
    expect(weightsOn(sandbox)).toEqual(STEP)
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('is restored to the confirmed step by a later attempt, whatever its own on-failure is', async () => {
    interruptAfterStep()
    const { outcome } = await runOn(
      sandbox,
      { ...RAMP, 'on-failure': 'keep', connections: '1' },
      { run: { id: 'dead-run', attempt: 2 } },
    )
    expect(outcome.previousWeights).toEqual(STEP)
    expect(outcome.message).toContain(
      'The last confirmed step of an interrupted run was restored first: v1 45%, v2 55%.',
    )
  })

  test('makes a plan start from the confirmed step', async () => {
    interruptAfterStep()
    aheadMs = 3_600_000
    const { outcome, log } = await runOn(sandbox, { ...RAMP, mode: 'plan' })
    expect(log).toContain('A shift first restores the last confirmed step: v1 45%, v2 55%.')
    expect(outcome.previousWeights).toEqual(STEP)
  })
})

describe('on-failure: last-step with stamps', () => {
  beforeEach(() => start({ web: { http: { v1: 80, v2: 20 } } }))

  test('restores the confirmed step without stamps', async () => {
    const before = routeText(sandbox, WEB_ROUTE)
    await sandbox.faults.api({ match: { ...WRITE, nth: 2 }, act: deniedBy('quota', 'Not now.') })
    const { outcome } = await runHttp(sandbox, { ...RAMP, expect: 'stamp', timeout: '20s' })
    expect(outcome).toMatchObject({ verdict: 'error', rolledBack: true, weights: STEP })
    expect(routeText(sandbox, WEB_ROUTE)).toBe(
      before.replace('"weight": 80', '"weight": 45').replace('"weight": 20', '"weight": 55'),
    )
  })
})
