import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type AbortCause, Aborted, abortCauseOf } from '../../src/problem/aborted.ts'

const CAUSES: readonly [AbortCause, string][] = [
  [{ kind: 'cancelled' }, 'the run was cancelled'],
  [{ kind: 'run-time' }, 'the time limit of the run was over'],
  [{ kind: 'time-limit', ms: 2000 }, 'no answer within 2 s'],
  [{ kind: 'time-limit', ms: 50 }, 'no answer within 50 ms'],
  [{ kind: 'over' }, 'it was no longer needed'],
]

describe('the reason of an aborted signal', () => {
  test.each(CAUSES)(
    '%o is said as a clause, and found in what Node makes of it',
    async (why, clause) => {
      const controller = new AbortController()
      const pausing = sleep(60_000, undefined, { signal: controller.signal })
      controller.abort(new Aborted(why))
      expect(controller.signal.reason.message).toBe(clause)
      expect(abortCauseOf(controller.signal.reason)).toBe(why)
      const ended: unknown = await pausing.catch((error: unknown) => error)
      expect(abortCauseOf(ended)).toBe(why)
    },
  )

  test('is that of the signal that aborted first, where several are combined', () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const both = AbortSignal.any([first.signal, second.signal])
    // As everything that a run waits for listens.
    both.addEventListener('abort', () => undefined)
    second.abort(new Aborted({ kind: 'run-time' }))
    first.abort(new Aborted({ kind: 'cancelled' }))
    expect(abortCauseOf(both.reason)).toEqual({ kind: 'run-time' })
  })

  test('says that nothing is needed any more where the signal has none of its own', () => {
    expect(abortCauseOf(AbortSignal.abort().reason)).toEqual({ kind: 'over' })
  })

  test('is not found in errors of another kind', () => {
    for (const error of [
      new Error('no'),
      'no',
      undefined,
      Object.assign(new Error(), { code: 'ECONNRESET' }),
    ])
      expect(abortCauseOf(error)).toBeUndefined()
  })
})
