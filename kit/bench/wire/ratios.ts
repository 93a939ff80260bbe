import type { TextTable } from '../split/text-table.ts'
import type { Measured } from './interleave.ts'
import { cpuUsOf, rateOf, type Took } from './processes.ts'
import { pairedRatio, type Spread, spreadOf } from './spread.ts'

/**
 * What is promised of ours beside a yardstick: the highest ratio of processor time per connection, and perhaps the lowest
 * ratio of connections a second.
 */
export type Promised = {
  yardstick: string
  inFlight: number
  atMost: number
  rateAtLeast?: number
}

/** Ours beside the yardsticks at so many in flight. */
export type Comparison = { inFlight: number; measured: Measured }

export const OURS = 'ours'

/** The median ratio of ours to a yardstick by some figure of each round; undefined where that was not measured. */
function ratioTo(
  yardstick: string,
  { measured }: Comparison,
  figure: (took: Took) => number,
): Spread | undefined {
  const [ours, other] = [measured.get(OURS), measured.get(yardstick)]
  if (ours === undefined || other === undefined || yardstick === OURS) return undefined
  if (other.every((took) => figure(took) === 0)) return undefined
  return pairedRatio(ours.map(figure), other.map(figure))
}

/** The promises that these measurements break, in words. What was not measured breaks none. */
export function brokenPromises(
  promises: readonly Promised[],
  comparisons: readonly Comparison[],
): string[] {
  const broken = promises.flatMap(({ yardstick, inFlight, atMost }) =>
    comparisons
      .filter((comparison) => comparison.inFlight === inFlight)
      .flatMap((comparison) => ratioTo(yardstick, comparison, cpuUsOf) ?? [])
      .filter(({ median }) => median > atMost)
      .map(
        ({ median }) =>
          `${factor(median)} times the processor time of ${yardstick} at ${inFlight} in flight, promised at most ${atMost}`,
      ),
  )
  const slow = promises.flatMap(({ yardstick, inFlight, rateAtLeast = 0 }) =>
    comparisons
      .filter((comparison) => comparison.inFlight === inFlight)
      .flatMap((comparison) => ratioTo(yardstick, comparison, rateOf) ?? [])
      .filter(({ median }) => median < rateAtLeast)
      .map(
        ({ median }) =>
          `${factor(median)} times the connections a second of ${yardstick} at ${inFlight} in flight, promised at least ${rateAtLeast}`,
      ),
  )
  const errors = comparisons.flatMap(({ inFlight, measured }) =>
    [...measured]
      .map(([name, all]) => ({ name, errors: sum(all.map((took) => took.errors)) }))
      .filter((one) => one.errors > 0)
      .map((one) => `${one.errors} errors of ${one.name} at ${inFlight} in flight`),
  )
  return [...broken, ...slow, ...errors]
}

export function comparisonTable(
  title: string,
  comparisons: readonly Comparison[],
  promises: readonly Promised[],
): TextTable {
  const rows = comparisons.flatMap((comparison) =>
    [...comparison.measured].map(([name, all]) => {
      const promised = promises.find(
        (one) => one.yardstick === name && one.inFlight === comparison.inFlight,
      )
      const cpu = all.map(cpuUsOf)
      return [
        name,
        String(comparison.inFlight),
        cpu.every((us) => us === 0) ? '' : spreadText(spreadOf(cpu), (us) => us.toFixed(0)),
        spreadText(ratioTo(name, comparison, cpuUsOf), factor),
        promised === undefined ? '' : `at most ${promised.atMost}`,
        spreadText(spreadOf(all.map(rateOf)), rate),
        spreadText(ratioTo(name, comparison, rateOf), factor),
      ]
    }),
  )
  return {
    title,
    explained:
      "Median and, in brackets, the middle half of the rounds. Ratios are of rounds next to each other: the prober's figure divided by the yardstick's. Rates depend on the machine and are only information.",
    headings: ['', 'in flight', 'CPU µs each', 'ratio', 'promised', 'connections/s', 'ratio'],
    rows,
  }
}

function spreadText(spread: Spread | undefined, text: (value: number) => string): string {
  if (spread === undefined) return ''
  return `${text(spread.median)} (${text(spread.lower)}-${text(spread.upper)})`
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(2) : perSecond.toFixed(0)
}

function factor(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
