import { expect, test } from 'vitest'
import {
  judgeAttempts,
  judgeByArrival,
  readJob,
  takeSamples,
} from '../../../kit/jobs/judged-job.ts'
import type { SimulatedJob } from '../../../kit/jobs/simulated-job.ts'
import { seededRandom, verifyRules } from '../../../kit/split/samples.ts'
import type { Classified } from '../../../src/evidence/probe/classify.ts'

const OUTCOMES: readonly Classified[] = [
  { kind: 'destination', index: 0 },
  { kind: 'destination', index: 1 },
  { kind: 'unclassified', why: 'timeout', detail: '' },
]
const PODS = 64

/** 64 Pods with four samples in flight each; v2 takes ten times as long as v1, which takes 20 ms. */
function withSlowVersion(share: number, seed: number): SimulatedJob {
  const random = seededRandom(seed)
  return {
    pods: PODS,
    concurrency: 4,
    outcomes: OUTCOMES,
    draw() {
      const outcome = random() < share ? 1 : 0
      return { outcome, tookMs: (outcome === 1 ? 200 : 20) * (0.5 + random()) }
    },
    delayMs: (pod) => 5 + 20 * random() + (pod % 8 === 0 ? 200 : 0),
    clockMs: (pod) => 100_000 * pod,
  }
}

/** 20% of v2 hang until the time limit. */
function withHangingVersion(seed: number): SimulatedJob {
  const random = seededRandom(seed)
  return {
    pods: PODS,
    concurrency: 1,
    outcomes: OUTCOMES,
    draw() {
      const isV2 = random() < 0.2
      if (isV2 && random() < 0.2) return { outcome: 2, tookMs: 5000 }
      return { outcome: isV2 ? 1 : 0, tookMs: 20 }
    },
  }
}

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
