import { describe, expect, test } from 'vitest'
import { judgeSamples, sampleFrom, seededRandom, verifyRules } from '../../../kit/split/samples.ts'
import { unansweredTest } from '../../../src/split/diagnosis/unanswered-test.ts'
import { judgeAttempt, UNCLASSIFIED } from '../../../src/split/judge/judge-attempt.ts'

const CANARY = [0.99, 0.01]
/** As a last attempt of a run at 99% confidence has it. */
const RULES = verifyRules(CANARY, 0.01, 0.01, { noReplyAlpha: 0.00016, unansweredAlpha: 0.0002 })

/** Samples of a canary of 1% that answers this part of its connections. */
function canaryThat(answers: number, seed: number): () => number {
  const random = seededRandom(seed)
  return () => {
    const destination = sampleFrom(CANARY, random)
    return destination === 1 && random() >= answers ? UNCLASSIFIED : destination
  }
}

describe('a small destination', () => {
  test('that does not answer ends the attempt with no-reply within a few thousand connections', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { decision, samples } = judgeSamples(RULES, canaryThat(0, seed), 8500)
      expect(decision).toBe('no-reply')
      expect(samples).toBeLessThan(4500)
    }
  })

  test('that does not answer is not tested for while the gateway may serve the previous weights', () => {
    const { unansweredAlpha: _, ...early } = RULES
    expect(judgeSamples(early, canaryThat(0, 1), 8500).decision).toBeUndefined()
  })

  test('that gets nothing from the gateway does not count as unanswered', () => {
    const test = unansweredTest(CANARY)
    expect(test.logEvidence({ counts: [5000, 0], unclassified: 0 })).toBe(Number.NEGATIVE_INFINITY)
    expect(test.logEvidence({ counts: [5000, 0], unclassified: 20 })).toBe(Number.NEGATIVE_INFINITY)
    expect(test.logEvidence({ counts: [5000, 0], unclassified: 40 })).toBeGreaterThan(30)
  })

  test('with a share of more than 4% is left to the test for lost connections', () => {
    const seen = { counts: [900, 0], unclassified: 100 }
    expect(unansweredTest([0.95, 0.05]).logEvidence(seen)).toBe(Number.NEGATIVE_INFINITY)
  })

  test('that answers 3/4 of its connections counts as unanswered no more often than the level allows', () => {
    const test = unansweredTest(CANARY)
    const level = Math.log(1 / 0.05)
    let called = 0
    for (let seed = 1; seed <= 400; seed += 1) {
      const next = canaryThat(0.75, seed)
      const counts = [0, 0]
      let unclassified = 0
      for (let sample = 0; sample < 2000; sample += 1) {
        const destination = next()
        if (destination === UNCLASSIFIED) unclassified += 1
        else counts[destination] = (counts[destination] ?? 0) + 1
        if (sample % 20 > 0 || test.logEvidence({ counts, unclassified }) < level) continue
        called += 1
        break
      }
    }
    // Ville's inequality allows 20.
    expect(called).toBeLessThanOrEqual(20)
  })
})

test('has evidence with a mean of at most 1 where it answers 3/4', () => {
  // Exact: the sum over all counts of 300 samples, each as likely as the binomial distribution makes it. All others are
  // lost, so that the condition on lost connections excludes none.
  const test = unansweredTest(CANARY)
  const [share, samples] = [0.0075, 300]
  let chance = (1 - share) ** samples
  let mean = 0
  for (let answered = 0; answered <= samples; answered += 1) {
    const seen = { counts: [0, answered], unclassified: samples - answered }
    mean += chance * Math.exp(test.logEvidence(seen))
    chance *= ((samples - answered) / (answered + 1)) * (share / (1 - share))
  }
  expect(mean).toBeLessThanOrEqual(1 + 1e-9)
  expect(mean).toBeGreaterThan(0.99)
})

test('a judge without small destinations does not test for unanswered ones', () => {
  const judge = judgeAttempt(verifyRules([0.5, 0.5], 0.05, 0.01, { unansweredAlpha: 0.0002 }))
  judge.observe(0)
  expect(judge.standing().closeness).toBeGreaterThanOrEqual(0)
})
