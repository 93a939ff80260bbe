import { expect, test } from 'vitest'
import { killAll } from '../../../kit/jobs/kills/kill-all.ts'

/** Chosen so that each signal occurs, and all that may follow but a later attempt alone; bench/jobs/kills.ts does a thousand. */
const KILLS = { from: 995, count: 5, seed: 19, atOnce: 2 }

test('a run with a Job that is killed at a random moment leaves no Job, Pod, process, Secret or journal, once post, the next run or the limits of the Job have ended it', async () => {
  const unclean: string[] = []
  const killed = await killAll({
    ...KILLS,
    onKill(words, { faults }) {
      if (faults.length > 0) unclean.push(words, ...faults)
    },
  })
  expect(unclean.join('\n')).toBe('')
  expect(killed).toHaveLength(KILLS.count)
})
