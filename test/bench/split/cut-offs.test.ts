import { expect, test } from 'vitest'
import { type CutOffs, judgedCutOffs, type PlainRules } from '../../../bench/split/cut-offs.ts'
import { seededRandom } from '../../../kit/split/samples.ts'
import { judgeAttempt } from '../../../src/split/judge/judge-attempt.ts'

type Decision = 'pass' | 'off-target' | undefined

/** Decides a sequence of samples by the cut-offs alone. */
function byCutOffs(
  cutOffs: CutOffs,
  samples: readonly number[],
): { decision: Decision; at: number } {
  const { conditions, failBelow, failAbove } = cutOffs
  cutOffs.extend(samples.length)
  const held = conditions.map(() => false)
  let hits = 0
  for (const [i, sample] of samples.entries()) {
    const n = i + 1
    if (sample === 0) hits += 1
    if (hits <= (failBelow[n] ?? -1) || hits >= (failAbove[n] ?? n + 1))
      return { decision: 'off-target', at: n }
    for (const [which, { rises, cut }] of conditions.entries()) {
      const at = cut[n] ?? 0
      if (rises ? hits >= at : hits <= at) held[which] = true
    }
    if (held.every((one) => one)) return { decision: 'pass', at: n }
  }
  return { decision: undefined, at: samples.length }
}

test.each([
  { name: '20 +-5', target: 0.2, tolerance: [0.05, 0.05] },
  { name: '20 +-5 from 60', target: 0.2, tolerance: [0.05, 0.05], old: [0.6, 0.4] },
  { name: '1 +-1', target: 0.01, tolerance: [0.01, 0.01] },
  { name: '97 +-10', target: 0.97, tolerance: [0.1, 0.1] },
  { name: '0 +-5', target: 0, tolerance: [0.05, 0.05] },
  { name: '100 +-5', target: 1, tolerance: [0.05, 0.05] },
  { name: 'unequal tolerances', target: 0.3, tolerance: [0.1, 0.06] },
])(
  '$name: the cut-offs decide each sequence of samples as judgeAttempt does, at the same sample',
  ({ target, tolerance, old }) => {
    const rules = {
      target: [target, 1 - target],
      tolerance,
      alpha: 0.05,
      beta: 0.05,
      hypotheses: 1,
    }
    const plain: PlainRules = old === undefined ? rules : { ...rules, old }
    const cutOffs = judgedCutOffs(plain)
    const random = seededRandom(11)
    const ends = new Set<Decision>()
    for (let run = 0; run < 18; run++) {
      const truth = Math.min(1, Math.max(0, target + (random() - 0.5) * 0.2 * (run % 3)))
      const samples = Array.from({ length: 1500 }, () => (random() < truth ? 0 : 1))
      const judge = judgeAttempt({ ...plain, guardCrossing: false, noReplyAlpha: 0.005 })
      const at = samples.findIndex((sample) => judge.observe(sample) !== undefined)
      const expected = byCutOffs(cutOffs, samples)
      // Samples that look dependent by chance hold a pass back. None of these does.
      expect(judge.standing().dependent).toBe(false)
      expect({ decision: judge.observe(0), at: at < 0 ? samples.length : at + 1 }).toEqual(expected)
      ends.add(expected.decision)
    }
    expect(ends).toContain('off-target')
  },
)
