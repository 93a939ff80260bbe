import { bandsOf } from '../../src/split/judge/band.ts'
import { crossingGuard } from '../../src/split/judge/crossing-guard.ts'
import { passTests } from '../../src/split/judge/pass-tests.ts'
import { type CutOffs, judgedCutOffs, type PlainRules, withHigherLevels } from './cut-offs.ts'
import { walk } from './exact-walk.ts'

export type GuardedAttempt = { pass: number; offTarget: number; undecided: number; mean: number }

/** Attempts whose first hit comes later than with this chance are cut off; they stay undecided. */
const NEGLIGIBLE = 1e-12

/**
 * Exact outcome of the first attempt after a write that takes the first of two destinations up from 0.
 *
 * A guard remembers the likeliest story "old until some sample, the margin since". Where the old share is 0
 * the first hit ends all stories in which the previous weights are still served, so all that is left of them
 * is when that hit came: one walk for each, with guarded margin tests that must reach so much more. Other old
 * shares leave a story for every record of a random walk, which no such sum can carry.
 *
 * @param rules with old shares 0 and 1; a target whose upper margin is below 1
 * @param truth the first destination's true share once the gateway serves the new weights
 * @param late samples at the start that it still serves with the old ones, so without a hit
 */
export function exactGuardedAttempt(
  rules: PlainRules,
  truth: number,
  { late = 0, cap = Number.POSITIVE_INFINITY }: { late?: number; cap?: number } = {},
): GuardedAttempt {
  const high = bandsOf(rules.target, rules.tolerance)[0]?.high ?? 1
  if (rules.old?.[0] !== 0 || rules.old.length !== 2 || high === 1)
    throw new RangeError('only from an old share of 0, and to a band that ends below 1')
  const plain = judgedCutOffs(rules)
  const total: GuardedAttempt = { pass: 0, offTarget: 0, undecided: 0, mean: 0 }
  let open = 1
  let samples = 0
  while (open > NEGLIGIBLE && samples < cap) {
    samples += 1
    total.mean += open
    plain.extend(samples)
    const hit = samples > late ? open * truth : 0
    open -= hit
    // Before the first hit no margin test rejects: the lower ones want hits, the guarded ones none of the old.
    if ((plain.failBelow[samples] ?? -1) >= 0) {
      total.offTarget += open
      open = 0
    }
    if (hit === 0) continue
    const rest = fromFirstHit(rules, plain, samples, { truth, cap })
    total.pass += hit * rest.pass
    total.offTarget += hit * rest.offTarget
    total.undecided += hit * rest.undecided
    total.mean += hit * (rest.mean - samples)
  }
  total.undecided += open
  return total
}

/** What becomes of the attempts whose first hit was sample number `firstHit`. */
function fromFirstHit(
  rules: PlainRules,
  plain: CutOffs,
  firstHit: number,
  { truth, cap }: { truth: number; cap: number },
): { pass: number; offTarget: number; undecided: number; mean: number } {
  const bands = bandsOf(rules.target, rules.tolerance)
  const marginTests = passTests(bands, rules.beta, rules.old)
  const stories = marginTests.map(({ test: marginTest, band, guardedAgainst }) => {
    const ratio = marginTest.logRatio(firstHit, marginTest.destination === 0 ? 1 : firstHit - 1)
    if (guardedAgainst === undefined) return { ratio, beyond: 0 }
    const guard = crossingGuard(marginTest, band.share, guardedAgainst)
    for (let sample = 1; sample <= firstHit; sample++)
      guard.observe((sample === firstHit) === (marginTest.destination === 0) ? 'hit' : 'miss')
    return { ratio, beyond: ratio - guard.logRatio() }
  })
  const cutOffs = withHigherLevels(
    plain,
    marginTests,
    stories.map(({ beyond }) => beyond),
  )
  cutOffs.extend(firstHit)
  if ((cutOffs.failAbove[firstHit] ?? firstHit) <= 1)
    return { pass: 0, offTarget: 1, undecided: 0, mean: firstHit }
  const held = marginTests.map(({ rejection: { from, level } }, i) => {
    const { ratio, beyond } = stories[i] ?? { ratio: 0, beyond: 0 }
    return firstHit >= from && ratio >= level + beyond
  })
  return walk(
    cutOffs,
    truth,
    { samples: cap, undecided: 1e-9 },
    { samples: firstHit, hits: 1, held },
  )
}
