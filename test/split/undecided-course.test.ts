import { expect, test } from 'vitest'
import { bandsOf } from '../../src/split/band.ts'
import { edgeFlags } from '../../src/split/edge-flags.ts'
import { coarseWalk, exactWalk } from '../../src/split/lattice-walk.ts'
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

const exactly = (share: number) => [{ walk: exactWalk(share, 5000), untilDraws: 5000 }]

/** Draw by draw at first, then in coarser and coarser steps. */
const coarsely = (share: number) => [
  { walk: exactWalk(share, 128), untilDraws: 128 },
  { walk: coarseWalk(share, 2, 300), untilDraws: 600 },
  { walk: coarseWalk(share, 8, 625), untilDraws: 5000 },
]

test('coarse steps leave the same part undecided and failed as single draws, within .006', () => {
  for (const share of [0.2, 0.5]) {
    const exact = undecidedCourse(course(share, 0.05, exactly(share)))
    const coarse = undecidedCourse(course(share, 0.05, coarsely(share)))
    for (const draws of [300, 500, 800, 1200, 2000]) {
      const expected = survivalAt(exact, draws)
      const actual = survivalAt(coarse, draws)
      expect(Math.abs(actual.undecided - expected.undecided)).toBeLessThan(0.006)
      expect(Math.abs(actual.failed - expected.failed)).toBeLessThan(0.002)
    }
  }
})

test('a guard holds more tries open, and coarse steps show how many within .02', () => {
  const guard = { old: 0.1, edge: 0.25 }
  const plain = undecidedCourse(course(0.2, 0.05, exactly(0.2)))
  const exact = undecidedCourse(course(0.2, 0.05, exactly(0.2), guard))
  const coarse = undecidedCourse(course(0.2, 0.05, coarsely(0.2), guard))
  for (const draws of [300, 500, 800, 1200, 2000]) {
    const expected = survivalAt(exact, draws).undecided
    expect(expected).toBeGreaterThan(survivalAt(plain, draws).undecided)
    expect(Math.abs(survivalAt(coarse, draws).undecided - expected)).toBeLessThan(0.02)
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
