import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { gate } from '../support/gate.ts'
import { isMarked, routeText, weightsOn } from '../support/object.ts'
import { type Step, startStep } from '../support/step.ts'

let sandbox: Sandbox
let step: Step
beforeEach(async () => {
  sandbox = await startSandbox({ debounceMs: 10 })
  step = startStep({ kubeconfig: sandbox.kubeconfig, subset: 'v2', weight: '50', tolerance: '30' })
})
afterEach(async () => {
  step.remove()
  await sandbox.stop()
})

/** A run's patches: the dry run, the write, the removal of the mark. */
const PATCHES = [1, 2, 3] as const

/** Kills main at its so many-th patch; what it had asked for then goes on its way, before post or after it. */
async function killAt(nth: number, moment: 'before' | 'after', late: boolean): Promise<void> {
  const reached = gate()
  const go = gate()
  const hold = async () => {
    reached.open()
    await go.reached
  }
  const done = gate()
  const act = hooks({ [moment]: hold, after: moment === 'after' ? hold : () => done.open() })
  await sandbox.faults.api({ match: { method: 'PATCH', nth }, act })
  const main = step.main()
  await reached.reached
  main.process.kill('SIGKILL')
  await main.ended
  const goOn = async () => {
    go.open()
    if (moment === 'before') await done.reached
  }
  if (!late) await goOn()
  expect(await step.post().ended).toMatchObject({ status: 0 })
  if (late) await goOn()
}

describe('fault 19: a run that is killed', () => {
  test.each(
    PATCHES.flatMap((nth) => [
      [nth, 'before it is carried out, which is then done', 'before', false] as const,
      [nth, 'before it is carried out, which comes after post', 'before', true] as const,
      [nth, 'after it was carried out', 'after', false] as const,
    ]),
  )(
    'at patch %i, %s, leaves the object as it began or as it was asked to be, once post is over',
    async (nth, _, moment, late) => {
      const before = routeText(sandbox)
      await killAt(nth, moment, late)
      expect(isMarked(sandbox)).toBe(false)
      const asked = nth === 3 && !(late && moment === 'before')
      if (asked) expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
      else expect(routeText(sandbox)).toBe(before)
    },
  )
})
