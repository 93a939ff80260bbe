import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasJournal, routeText, weightsOn } from '../../kit/run/object.ts'
import { type RunResult, runOn } from '../../kit/run/run.ts'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
let before: string
beforeEach(async () => {
  // The tutorial's start: the run adds a destination, which a rollback has to remove.
  sandbox = await startSandbox({ proxies: true, debounceMs: 10 })
  before = routeText(sandbox)
})
afterEach(() => sandbox.stop())

const PASSING = { subset: 'v2', weight: '50', tolerance: '30' }

/** The calls of a run that passes; in each the order of those before the write may be another. */
const CALLS = 18
/** The one that removes the journal. The Kubernetes Event about the last step follows it. */
const REMOVAL = 17

/** Cancels a run at its so many-th call. */
async function cancelAt(nth: number, moment: 'before' | 'after'): Promise<RunResult> {
  const cancel = new AbortController()
  await sandbox.faults.api({ match: { nth }, act: hooks({ [moment]: () => cancel.abort() }) })
  return runOn(sandbox, PASSING, { cancelled: cancel.signal })
}

describe('fault 18: a run that is cancelled', () => {
  test('could be so at each of its calls', async () => {
    expect((await runOn(sandbox, PASSING)).outcome.verdict).toBe('pass')
    expect(sandbox.calls).toHaveLength(CALLS)
  })

  const moments = Array.from({ length: CALLS }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((moment) => [nth, moment] as const),
  )
  test.each(moments)(
    'at call %i, %s it is carried out, leaves the object as it began or as it was asked to be',
    async (nth, moment) => {
      const { outcome } = await cancelAt(nth, moment)
      expect(hasJournal(sandbox)).toBe(false)
      if (outcome.verdict === 'pass') {
        // Only where the removal of the mark was already on its way.
        expect(nth).toBeGreaterThanOrEqual(REMOVAL)
        expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
      } else {
        expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled' })
        expect(routeText(sandbox)).toBe(before)
      }
    },
  )

  test.each([
    ['rollback', { v1: undefined }, true],
    ['keep', { v1: 50, v2: 50 }, false],
  ])(
    'while its mark is removed, and that is not answered, ends as cancelled with on-failure: %s',
    async (onFailure, weights, rolledBack) => {
      const cancel = new AbortController()
      const unanswered: Act = async (_request, handle) => {
        await handle()
        cancel.abort()
        return { kind: 'drop' }
      }
      await sandbox.faults.api({ match: { nth: REMOVAL }, act: unanswered })
      const inputs = { ...PASSING, 'on-failure': onFailure }
      const { outcome } = await runOn(sandbox, inputs, { cancelled: cancel.signal })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack })
      expect(hasJournal(sandbox)).toBe(false)
      expect(weightsOn(sandbox)).toEqual(weights)
    },
  )
})
