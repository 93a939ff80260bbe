import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeSamples, type Outcome, sampleFrom, seededRandom } from '../../kit/split/samples.ts'
import { judgeAttempt, UNCLASSIFIED } from '../../src/split/judge/judge-attempt.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'

/** Percents that sum to 100. */
const shares = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 0, maxLength: 4 })
  .map((cuts) => {
    const sorted = [0, ...cuts.toSorted((a, b) => a - b), 100]
    return sorted.slice(1).map((cut, i) => (cut - (sorted[i] ?? 0)) / 100)
  })

const rulesOf = shares.chain((target) =>
  fc.record({
    target: fc.constant(target),
    tolerance: fc.array(
      fc.integer({ min: 1, max: 300 }).map((points) => points / 1000),
      {
        minLength: target.length,
        maxLength: target.length,
      },
    ),
    old: fc.constantFrom(
      target,
      target.toReversed(),
      target.map((_, i) => (i === 0 ? 1 : 0)),
      target.map(() => 1 / target.length),
    ),
    guardCrossing: fc.boolean(),
    alpha: fc.constantFrom(0.5, 0.1, 0.01, 1e-5),
    beta: fc.constantFrom(0.5, 0.05, 0.007, 1e-6),
    hypotheses: fc.integer({ min: 1, max: 20 }),
    noReplyAlpha: fc.constantFrom(0.05, 0.001, 1e-7),
  }),
)

/** Samples near the target, now and then lost, or from other shares altogether. */
function samplesFor(rules: JudgeRules, seed: number, count: number, lost: number, wrong: boolean) {
  const random = seededRandom(seed)
  const truth = wrong ? rules.target.map(() => 1 / rules.target.length) : rules.target
  return Array.from({ length: count }, () =>
    random() < lost ? UNCLASSIFIED : sampleFrom(truth, random),
  )
}

function judged(rules: JudgeRules, samples: readonly number[]): Outcome {
  return judgeSamples(rules, (sample) => samples[sample] ?? UNCLASSIFIED, samples.length)
}

const seeds = fc.integer({ min: 0, max: 1e9 })

test('whatever the rules and the samples, nothing becomes NaN and a decision stays', () => {
  fc.assert(
    fc.property(
      rulesOf,
      seeds,
      fc.constantFrom(0, 0.005, 0.3),
      fc.boolean(),
      (rules, seed, lost, wrong) => {
        const judge = judgeAttempt(rules)
        let decided: string | undefined
        for (const sample of samplesFor(rules, seed, 400, lost, wrong)) {
          const decision = judge.observe(sample)
          if (decided !== undefined) expect(decision).toBe(decided)
          decided = decision
        }
        const { closeness, samples, unclassified, counts } = judge.standing()
        expect(closeness).toBeGreaterThanOrEqual(0)
        expect(closeness).toBeLessThanOrEqual(1)
        expect(counts.reduce((sum, count) => sum + count, unclassified)).toBe(samples)
      },
    ),
    { seed: 1, numRuns: 150 },
  )
})

test('the names of the destinations do not matter', () => {
  fc.assert(
    fc.property(
      rulesOf,
      seeds,
      fc.constantFrom(0, 0.005),
      fc.boolean(),
      (rules, seed, lost, wrong) => {
        const last = rules.target.length - 1
        const samples = samplesFor(rules, seed, 1500, lost, wrong)
        const turned = {
          ...rules,
          target: rules.target.toReversed(),
          tolerance: rules.tolerance.toReversed(),
          old: rules.old.toReversed(),
        }
        const turnedSamples = samples.map((sample) =>
          sample === UNCLASSIFIED ? sample : last - sample,
        )
        expect(judged(turned, turnedSamples)).toEqual(judged(rules, samples))
      },
    ),
    { seed: 2, numRuns: 100 },
  )
})

test('on the same samples a smaller tolerance never passes sooner', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 20, max: 100 }),
      fc.integer({ min: 101, max: 200 }),
      seeds,
      (percent, smaller, larger, seed) => {
        const target = [percent / 100, 1 - percent / 100]
        const outcome = (thousandths: number) => {
          const random = seededRandom(seed)
          const rules = {
            target,
            tolerance: target.map(() => thousandths / 1000),
            guardCrossing: false,
            alpha: 1e-5,
            beta: 0.01,
            hypotheses: 1,
            noReplyAlpha: 1e-6,
          }
          return judgeSamples(rules, () => sampleFrom(target, random), 3000)
        }
        const wide = outcome(larger)
        const narrow = outcome(smaller)
        if (narrow.decision === 'pass') {
          expect(wide.decision).toBe('pass')
          expect(narrow.samples).toBeGreaterThanOrEqual(wide.samples)
        }
      },
    ),
    { seed: 3, numRuns: 60 },
  )
})

test('unclassified samples never bring a pass or an off-target decision forward', () => {
  fc.assert(
    fc.property(
      rulesOf,
      seeds,
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 1, maxLength: 6 }),
      (rules, seed, wrong, places) => {
        const patient = { ...rules, noReplyAlpha: 1e-300 }
        const told = samplesFor(patient, seed, 1500, 0, wrong)
        const mixed = [...told]
        for (const place of places) mixed.splice(place, 0, UNCLASSIFIED)
        const all = judged(patient, mixed)
        if (all.decision === undefined) return
        const tellable = mixed
          .slice(0, all.samples)
          .filter((sample) => sample !== UNCLASSIFIED).length
        const plain = judged(patient, told)
        expect(plain.decision).toBeDefined()
        expect(plain.samples).toBeLessThanOrEqual(tellable)
      },
    ),
    { seed: 4, numRuns: 150 },
  )
})

test('among the ways in which lost samples may have gone, none would have failed that is spared, if one fails', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, lost) => {
      const rules: JudgeRules = {
        target: [0.2, 0.8],
        tolerance: [0.05, 0.05],
        guardCrossing: false,
        alpha: 0.05,
        beta: 1e-9,
        hypotheses: 1,
        noReplyAlpha: 1e-300,
      }
      const random = seededRandom(seed)
      const samples = Array.from({ length: 400 }, () => sampleFrom([0.35, 0.65], random))
      for (let i = 0; i < lost; i++) samples[5 + 7 * i] = UNCLASSIFIED
      const fails = judged(rules, samples)
      for (let ways = 0; ways < 2 ** lost; ways++) {
        let left = ways
        const filled = samples.map((sample) => {
          if (sample !== UNCLASSIFIED) return sample
          const chosen = left % 2
          left = Math.floor(left / 2)
          return chosen
        })
        const one = judged(rules, filled)
        if (fails.decision === 'off-target') {
          expect(one.decision).toBe('off-target')
          expect(one.samples).toBeLessThanOrEqual(fails.samples)
        }
      }
    }),
    { seed: 5, numRuns: 60 },
  )
})
