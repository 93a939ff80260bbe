import type { Band } from './band.ts'
import { edgeFlags } from './edge-flags.ts'
import { logQuotient } from './likelihood-ratio.ts'
import { overlookedHits } from './overlooked-crossing.ts'
import type { Population } from './population.ts'
import { simulatedGuard } from './simulated-guards.ts'

/** Stands for the infinite weight of a draw that the edge holds impossible. */
const IMPOSSIBLE = 1e200

/** Likelihood ratios below this part of what matters are not summed. */
const NEGLIGIBLE = 0.03

export type SimulatedEdges = {
  /** Latches the flags of the step made last and sums up the ratios. */
  look(population: Population): void
  /** For each try, the sum of the likelihood ratios of the edges against the target. */
  sums: Float64Array
  /** The same, each times how far a draw moves its logarithm, as a standard deviation. */
  slopes: Float64Array
}

/**
 * The log-likelihood of an edge against the target is draws x perDraw + hits x perHit; where `turned`,
 * hits are the draws of all other destinations.
 */
type Edge = LogLikelihood & { destination: number; share: number; bit: number }

type LogLikelihood = { perDraw: number; perHit: number; turned: boolean }

/**
 * The edges of the bands: their flags and what they say against the target.
 *
 * @param bands shares strictly between 0 and 1
 * @param old shares before the write, where flags are guarded
 * @param levels `toLatch` is a logarithm; sums far below `matters` need not be known
 */
export function simulatedEdges(
  bands: readonly Band[],
  old: readonly number[] | undefined,
  { toLatch, matters }: { toLatch: number; matters: number },
  population: Population,
  uniform: () => number,
): SimulatedEdges {
  const sums = new Float64Array(population.most)
  const slopes = new Float64Array(population.most)
  const leastLog = Math.log((NEGLIGIBLE * matters) / (2 * bands.length))
  const flags = edgeFlags(bands).map((flag, i) => ({
    flag,
    bit: 1 << i,
    band: bands[flag.destination] ?? { share: 0, low: 0, high: 0 },
    old: old?.[flag.destination],
    toLatch,
  }))
  const guards = flags.flatMap(({ old: before, ...flag }) => {
    if (before === undefined) return []
    const guard = simulatedGuard({ ...flag, old: before }, population, uniform)
    return guard === undefined ? [] : [{ bit: flag.bit, guard }]
  })
  const guarded = guards.reduce((bits, { bit }) => bits | bit, 0)
  const edges = flags.map(
    ({ flag, band, bit }): Edge => ({
      destination: flag.destination,
      share: band.share,
      bit: bit & ~guarded,
      ...logLikelihood(flag.edge, band.share),
    }),
  )

  function lookAt(edge: Edge, here: Population): void {
    const { destination, share, perDraw, perHit, turned, bit } = edge
    const { alive, draws, step, counts, open } = here
    const column = counts[destination] ?? open
    const missed = Math.abs(perHit) < IMPOSSIBLE ? overlookedHits(share, step) : 0
    const slope = edgeSlope(edge)
    const toReach = -toLatch + missed * Math.abs(perHit)
    for (let i = 0; i < alive; i++) {
      const count = column[i] ?? 0
      const log = draws * perDraw + (turned ? draws - count : count) * perHit
      if (log > leastLog) {
        const ratio = Math.exp(log)
        sums[i] = (sums[i] ?? 0) + ratio
        slopes[i] = (slopes[i] ?? 0) + ratio * slope
      }
      if (log <= toReach) open[i] = (open[i] ?? 0) & ~bit
    }
  }

  return {
    sums,
    slopes,
    look(here) {
      sums.fill(0)
      slopes.fill(0)
      for (const edge of edges) lookAt(edge, here)
      for (const { guard } of guards) guard(here)
    },
  }
}

function logLikelihood(edge: number, share: number): LogLikelihood {
  if (edge === 0) return { perDraw: -Math.log(1 - share), perHit: -IMPOSSIBLE, turned: false }
  if (edge === 1) return { perDraw: -Math.log(share), perHit: -IMPOSSIBLE, turned: true }
  const perDraw = logQuotient(1 - edge, 1 - share)
  return { perDraw, perHit: logQuotient(edge, share) - perDraw, turned: false }
}

/** Where the edge is 0 or 1 its likelihood grows by as much with every draw until it dies. */
function edgeSlope({ share, perHit }: Edge): number {
  return Math.abs(perHit) < IMPOSSIBLE ? Math.abs(perHit) * Math.sqrt(share * (1 - share)) : 0
}
