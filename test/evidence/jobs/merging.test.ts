import { expect, test } from 'vitest'
import {
  judgeAttempts,
  judgeByArrival,
  readJob,
  takeSamples,
} from '../../../kit/jobs/judged-job.ts'
import { withHangingVersion, withSlowVersion } from '../../../kit/jobs/pods-of-a-job.ts'
import { verifyRules } from '../../../kit/split/samples.ts'

const ERROR = 0.05
const RULES = verifyRules([0.8, 0.2], 0.05, ERROR)
const ATTEMPTS = 100
/** Beyond what a chance of ERROR does in all but 1 in 1,000 of such tests. */
const MOST = Math.ceil(ATTEMPTS * ERROR + 3.1 * Math.sqrt(ATTEMPTS * ERROR * (1 - ERROR)))

test('of 64 Pods, a share off by the tolerance passes no more often than promised with a version ten times slower', () => {
  const judged = judgeAttempts(withSlowVersion(0.25, 1), RULES, ATTEMPTS)
  expect(judged.filter(({ decision }) => decision === 'pass').length).toBeLessThanOrEqual(MOST)
})

test('of 64 Pods, the right share fails no more often than promised with a version ten times slower', () => {
  const judged = judgeAttempts(withSlowVersion(0.2, 2), RULES, ATTEMPTS)
  expect(judged.filter(({ decision }) => decision !== 'pass').length).toBeLessThanOrEqual(MOST)
})

test('samples in the order in which they arrive break the promise: the right share fails in most attempts', () => {
  const judged = judgeByArrival(() => withSlowVersion(0.2, seeds()), RULES, 20)
  expect(judged.filter(({ decision }) => decision !== 'pass').length).toBeGreaterThan(10)
})

test('samples of 64 Pods that hang are judged with those that do not', () => {
  const read = readJob(withHangingVersion(3))
  const counts = [0, 0, 0]
  for (let part = 0; part < 20; part++) {
    let left = 500
    takeSamples(read, ({ destination = 2 }) => {
      counts[destination] = (counts[destination] ?? 0) + 1
      left -= 1
      return left === 0
    })
  }
  const [, answered = 0, hanging = 0] = counts.map((count) => count / 10_000)
  expect(hanging).toBeGreaterThan(0.034)
  expect(hanging).toBeLessThan(0.046)
  expect(answered + hanging).toBeGreaterThan(0.188)
  expect(answered + hanging).toBeLessThan(0.212)
})

let seed = 100
function seeds(): number {
  seed += 1
  return seed
}
