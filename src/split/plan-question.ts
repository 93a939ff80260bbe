import { type Band, SAME_SHARE } from './band.ts'
import type { OfCounts } from './barrier.ts'
import { crossesFrom } from './crossing-guard.ts'
import { type EdgeFlag, edgeFlags } from './edge-flags.ts'
import type { TryRules } from './judge-try.ts'

/**
 * What must be answered for one destination against all others (`share` strictly between 0 and 1),
 * turned so that a guard, where there is one, sits on the flag that falls with hits: `hits` may
 * therefore mean draws of the others.
 */
export type PlanQuestion = {
  share: number
  low: OfCounts
  high: OfCounts
  /** The edges nearest to the share. */
  lowEdge: number
  highEdge: number
  guard: { old: number; edge: number } | undefined
  /** On how many sides a flag is guarded; `guard` is one of them. */
  guards: number
  /** Whether `hits` means draws of the others. */
  turned: boolean
}

/** A flag in terms of the destination that the question is about. */
type Side = { edge: number; logRatio: OfCounts; old: number | undefined }

/** The question of one destination, from the flags of the destinations given. */
export function planQuestion(
  rules: Pick<TryRules, 'old' | 'guardCrossing'>,
  bands: readonly Band[],
  destination: number,
  flagsOf: readonly number[],
): PlanQuestion {
  const share = bands[destination]?.share ?? 0
  const flags = edgeFlags(bands).filter((flag) => flagsOf.includes(flag.destination))
  const sides = flags.map((flag) => ({
    rises: (flag.side === 'lower') === (flag.destination === destination),
    ...asSide(flag, rules, bands, destination),
  }))
  const low = nearest(
    share,
    sides.filter(({ rises }) => rises),
  )
  const high = nearest(
    share,
    sides.filter(({ rises }) => !rises),
  )
  const guards = [true, false].filter((up) =>
    sides.some(({ rises, old }) => rises === up && old !== undefined),
  ).length
  const straight = {
    share,
    guards,
    low: low.logRatio,
    high: high.logRatio,
    lowEdge: low.edge,
    highEdge: high.edge,
  }
  if (low.old === undefined) {
    const guard = high.old === undefined ? undefined : { old: high.old, edge: high.edge }
    return { ...straight, guard, turned: false }
  }
  return {
    share: 1 - share,
    guards,
    low: turn(high.logRatio),
    high: turn(low.logRatio),
    lowEdge: 1 - high.edge,
    highEdge: 1 - low.edge,
    guard: { old: 1 - low.old, edge: 1 - low.edge },
    turned: true,
  }
}

function asSide(
  flag: EdgeFlag,
  { old, guardCrossing }: Pick<TryRules, 'old' | 'guardCrossing'>,
  bands: readonly Band[],
  destination: number,
): Side {
  const own = flag.destination === destination
  const oldShare = old?.[flag.destination]
  const band = bands[flag.destination]
  const guarded =
    guardCrossing &&
    oldShare !== undefined &&
    band !== undefined &&
    crossesFrom(flag, band, oldShare)
  return {
    edge: own ? flag.edge : 1 - flag.edge,
    logRatio: own ? flag.logRatio : turn(flag.logRatio),
    old: guarded ? snapped(own ? oldShare : 1 - oldShare) : undefined,
  }
}

/** Of several flags on one side the one with the nearest edge latches last, at equal edges a guarded one. */
function nearest(share: number, sides: readonly Side[]): Side {
  const [first, ...others] = sides
  if (first === undefined) throw new RangeError('a share between 0 and 1 has a flag on either side')
  return others.reduce((last, side) => (later(side, last, share) ? side : last), first)
}

function later(one: Side, other: Side, share: number): boolean {
  const nearer = Math.abs(other.edge - share) - Math.abs(one.edge - share)
  return nearer > SAME_SHARE || (nearer > -SAME_SHARE && other.old === undefined)
}

function turn(logRatio: OfCounts): OfCounts {
  return (draws, hits) => logRatio(draws, draws - hits)
}

function snapped(share: number): number {
  if (share < SAME_SHARE) return 0
  return share > 1 - SAME_SHARE ? 1 : share
}
