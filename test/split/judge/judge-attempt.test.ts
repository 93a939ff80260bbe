import { expect, test } from 'vitest'
import { judgeSamples, sampleFrom, seededRandom, verifyRules } from '../../../kit/split/samples.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { CLIENT_LOST, judgeAttempt, UNCLASSIFIED } from '../../../src/split/judge/judge-attempt.ts'
import { marginTests } from '../../../src/split/judge/margin-tests.ts'
import { splitJudge } from '../../../src/split/judge/split-judge.ts'

const fifth = verifyRules([0.2, 0.8], 0.05, 0.01)

/** Judges a list of samples and returns the decision after each. */
function decisions(rules: Parameters<typeof judgeAttempt>[0], samples: readonly number[]) {
  const judge = judgeAttempt(rules)
  return { seen: samples.map((sample) => judge.observe(sample)), judge }
}

test('samples with the target shares pass', () => {
  const random = seededRandom(1)
  const outcome = judgeSamples(fifth, () => sampleFrom([0.2, 0.8], random))
  expect(outcome.decision).toBe('pass')
  expect(outcome.samples).toBeGreaterThan(200)
})

test('a destination that never comes is off target after 35 samples, 28 where it had no share before', () => {
  expect(judgeSamples(fifth, () => 1)).toEqual({ decision: 'off-target', samples: 35 })
  const rules = verifyRules([0.2, 0.8], 0.05, 0.01, { old: [0, 1] })
  expect(judgeSamples(rules, () => 1)).toEqual({ decision: 'off-target', samples: 28 })
})

test('more weights to test require more evidence for a fail, not for a pass', () => {
  const many = { ...fifth, hypotheses: 10 }
  expect(judgeSamples(many, () => 1).samples).toBeGreaterThan(35)
  const pass = (rules: typeof fifth) => {
    const random = seededRandom(1)
    return judgeSamples(rules, () => sampleFrom([0.2, 0.8], random)).samples
  }
  expect(pass(many)).toBe(pass(fifth))
})

test('one sample of a destination that is to get nothing is off target', () => {
  const rules = verifyRules([0, 1], 0.05, 0.01)
  expect(judgeSamples(rules, (sample) => (sample === 20 ? 0 : 1))).toEqual({
    decision: 'off-target',
    samples: 21,
  })
})

test('a single destination, or all to one of two, passes after the samples that its margin needs', () => {
  // ln(1/2 (1 + .99^n)) - n ln .95 reaches ln 100 at n = 98.
  expect(judgeSamples(verifyRules([1], 0.05, 0.01), () => 0)).toEqual({
    decision: 'pass',
    samples: 98,
  })
  expect(judgeSamples(verifyRules([0, 1], 0.05, 0.01), () => 1)).toEqual({
    decision: 'pass',
    samples: 98,
  })
})

test('all to one still passes where one connection in the middle got no reply', () => {
  const rules = verifyRules([0, 1], 0.05, 0.01)
  const outcome = judgeSamples(rules, (sample) => (sample === 50 ? UNCLASSIFIED : 1))
  expect(outcome.decision).toBe('pass')
  expect(outcome.samples).toBeGreaterThan(98)
  expect(outcome.samples).toBeLessThan(250)
})

test('unanswered connections end as no-reply at once, in the midst of answered ones after a few more', () => {
  expect(judgeSamples(fifth, () => UNCLASSIFIED)).toEqual({ decision: 'no-reply', samples: 2 })
  const random = seededRandom(3)
  const outcome = judgeSamples(fifth, (sample) =>
    sample < 150 ? sampleFrom([0.2, 0.8], random) : UNCLASSIFIED,
  )
  expect(outcome.decision).toBe('no-reply')
  expect(outcome.samples).toBeGreaterThan(153)
  expect(outcome.samples).toBeLessThan(165)
})

test('what would pass and fail on the same sample fails', () => {
  // The first sample rejects the lower margin test, whose margin is 0; the misses after it work towards the upper
  // margin test and towards a fail alike.
  const oneHit = (sample: number) => (sample === 0 ? 0 : 1)
  const rules = verifyRules([0.04, 0.96], 0.05, 0.01)
  const failsAt = judgeSamples({ ...rules, beta: 1e-300 }, oneHit).samples
  const upper = marginTests(bandsOf(rules.target, rules.tolerance)).find(
    ({ destination, side }) => destination === 0 && side === 'upper',
  )
  const beta = 1.0001 * Math.exp(-(upper?.logRatio(failsAt, 1) ?? 0))
  expect(judgeSamples({ ...rules, beta, alpha: 1e-300 }, oneHit)).toEqual({
    decision: 'pass',
    samples: failsAt,
  })
  expect(judgeSamples({ ...rules, beta }, oneHit)).toEqual({
    decision: 'off-target',
    samples: failsAt,
  })
})

test('samples that depend on each other hold a pass back, and an attempt with only such samples stays undecided', () => {
  const half = verifyRules([0.5, 0.5], 0.05, 0.01)
  const { seen, judge } = decisions(
    half,
    Array.from({ length: 5000 }, (_, i) => i % 2),
  )
  expect(seen.every((decision) => decision === undefined)).toBe(true)
  expect(judge.standing().dependent).toBe(true)
  const random = seededRandom(4)
  expect(judgeSamples(half, () => sampleFrom([0.5, 0.5], random)).decision).toBe('pass')
})

test('samples that depend on each other still fail as off target where they are', () => {
  const half = verifyRules([0.5, 0.5], 0.05, 0.01)
  const outcome = judgeSamples(half, (sample) => (sample % 4 === 0 ? 0 : 1))
  expect(outcome.decision).toBe('off-target')
})

test('the standing counts every sample up to the decision and none after it', () => {
  const judge = judgeAttempt(fifth)
  judge.observe(0)
  judge.observe(1)
  judge.observe(1)
  judge.observe(UNCLASSIFIED)
  expect(judge.standing()).toMatchObject({
    samples: 4,
    unclassified: 1,
    counts: [1, 2],
    dependent: false,
  })
  expect(judge.standing().closeness).toBeGreaterThanOrEqual(0)
  expect(judge.standing().closeness).toBeLessThan(1)
  while (judge.observe(1) === undefined);
  const decided = judge.standing()
  expect(decided.closeness).toBe(1)
  expect(judge.observe(0)).toBe('off-target')
  expect(judge.standing()).toEqual(decided)
})

test('the closeness comes near 1 before a pass and before a fail', () => {
  for (const truth of [
    [0.2, 0.8],
    [0.05, 0.95],
  ]) {
    const random = seededRandom(8)
    const judge = judgeAttempt(fifth)
    let before = judge.standing().closeness
    expect(before).toBe(0)
    while (judge.observe(sampleFrom(truth, random)) === undefined)
      before = judge.standing().closeness
    expect(before).toBeGreaterThan(0.9)
  }
})

test('a million samples are judged without a decision in far less than half a second', () => {
  for (const lost of [0, 0.001]) {
    const random = seededRandom(9)
    const samples = Int8Array.from({ length: 1_000_000 }, () =>
      random() < lost ? UNCLASSIFIED : sampleFrom([0.2, 0.8], random),
    )
    const judge = judgeAttempt(verifyRules([0.2, 0.8], 0.0002, 1e-5))
    const start = performance.now()
    for (const sample of samples) judge.observe(sample)
    const tookMs = performance.now() - start
    process.stdout.write(`a million draws, ${lost} unclassified: ${tookMs.toFixed(0)} ms\n`)
    expect(judge.standing().samples).toBe(1_000_000)
    expect(judge.standing().closeness).not.toBeNaN()
  }
})

test('samples whose client was lost hold a pass back as unanswered ones do, and are no evidence that replies are missing', () => {
  const all = (unknown: number) => {
    const random = seededRandom(2)
    return judgeSamples(fifth, (sample) => (sample < 8 ? unknown : sampleFrom([0.2, 0.8], random)))
  }
  expect(all(UNCLASSIFIED)).toMatchObject({ decision: 'no-reply' })
  const random = seededRandom(2)
  const without = judgeSamples(fifth, () => sampleFrom([0.2, 0.8], random))
  expect(all(CLIENT_LOST).decision).toBe('pass')
  expect(all(CLIENT_LOST).samples).toBeGreaterThan(without.samples + 8)
})

test('a judge of samples takes one whose client was lost for no missing reply', () => {
  const decided = (more: { clientLost?: true }) => {
    const judge = splitJudge.start(fifth)
    const lost = {
      kind: 'single',
      destination: undefined,
      launchedMs: 0,
      tookMs: 0,
      ...more,
    } as const
    return Array.from({ length: 8 }, () => judge.observe(lost)).at(-1)
  }
  expect(decided({})).toBe('no-reply')
  expect(decided({ clientLost: true })).toBeUndefined()
})
