import { expect, test } from 'vitest'
import { bandsOf } from '../../src/split/band.ts'
import { edgeFlags } from '../../src/split/edge-flags.ts'
import { coarseWalk, exactWalk, type LatticeWalk } from '../../src/split/lattice-walk.ts'
import { offTarget } from '../../src/split/off-target.ts'
import { survivalAt } from '../../src/split/survival.ts'
import { type Course, undecidedCourse } from '../../src/split/undecided-course.ts'

/** A try of one destination and the rest, at error .05. */
function course(
  share: number,
  tolerance: number,
  walks: Course['walks'],
  guard?: Course['guard'],
): Course {
  const bands = bandsOf([share, 1 - share], [tolerance, tolerance])
  const [low, high] = edgeFlags(bands)
  if (low === undefined || high === undefined) throw new Error('no flags')
  const evidence = offTarget(bands, undefined)
  return {
    walks,
    low: low.logRatio,
    high: high.logRatio,
    toLatch: Math.log(20),
    guard,
    evidence: (draws, hits) => evidence.logEvidence([hits, draws - hits], draws),
    toFail: Math.log(20 / 0.9),
    until: 1e-5,
  }
}

const one = (walk: LatticeWalk) => [{ walk, untilDraws: 5000 }]

test('a coarse walk undecides within a hundredth of the exact one', () => {
  for (const share of [0.2, 0.5]) {
    const exact = undecidedCourse(course(share, 0.05, one(exactWalk(share, 5000))))
    const coarse = undecidedCourse(course(share, 0.05, one(coarseWalk(share, 10, 500))))
    for (const draws of [300, 500, 800, 1200, 2000]) {
      const expected = survivalAt(exact, draws)
      const actual = survivalAt(coarse, draws)
      expect(Math.abs(actual.undecided - expected.undecided)).toBeLessThan(0.01)
      expect(Math.abs(actual.failed - expected.failed)).toBeLessThan(0.004)
    }
  }
})

test('a guard in between is followed by a coarse walk as by an exact one', () => {
  const guard = { old: 0.1, edge: 0.25 }
  const exact = undecidedCourse(course(0.2, 0.05, one(exactWalk(0.2, 5000)), guard))
  const mixed = undecidedCourse(
    course(
      0.2,
      0.05,
      [
        { walk: exactWalk(0.2, 100), untilDraws: 100 },
        { walk: coarseWalk(0.2, 10, 500), untilDraws: 5000 },
      ],
      guard,
    ),
  )
  const plain = undecidedCourse(course(0.2, 0.05, one(exactWalk(0.2, 5000))))
  for (const draws of [300, 500, 800, 1200, 2000]) {
    const expected = survivalAt(exact, draws).undecided
    expect(expected).toBeGreaterThan(survivalAt(plain, draws).undecided)
    expect(Math.abs(survivalAt(mixed, draws).undecided - expected)).toBeLessThan(0.015)
  }
})

test('no mass is lost: once all is decided the fails are those of the published error rates', () => {
  const whole = undecidedCourse({
    ...course(0.2, 0.05, [{ walk: exactWalk(0.2, 6000), untilDraws: 6000 }]),
    toLatch: Math.log(100),
    toFail: Math.log(100 / 0.9),
  })
  expect(whole.undecided.at(-1)).toBeLessThan(1e-5)
  expect(whole.failed.at(-1)).toBeCloseTo(0.0072, 4)
})
