import type { TextTable } from '../split/text-table.ts'
import type { Measured } from './interleave.ts'
import { cpuUsOf, rateOf, type Took } from './processes.ts'
import { pairedRatio, type Spread, spreadOf } from './spread.ts'

/** What is promised of ours beside a yardstick: the least ratio of connections a second. */
export type Promised = { yardstick: string; inFlight: number; atLeast: number }

/** Ours beside the yardsticks at so many in flight. */
export type Comparison = { inFlight: number; measured: Measured }

export const OURS = 'ours'

/** The median ratio of ours to a yardstick; undefined where that was not measured. */
export function ratioTo(yardstick: string, { measured }: Comparison): Spread | undefined {
  const [ours, other] = [measured.get(OURS), measured.get(yardstick)]
  if (ours === undefined || other === undefined) return undefined
  return pairedRatio(ours.map(rateOf), other.map(rateOf))
}

/** The promises that these measurements break, in words. What was not measured breaks none. */
export function brokenGuarantees(
  hypotheses: readonly Promised[],
  comparisons: readonly Comparison[],
): string[] {
  const broken = hypotheses.flatMap(({ yardstick, inFlight, atLeast }) =>
    comparisons
      .filter((comparison) => comparison.inFlight === inFlight)
      .flatMap((comparison) => ratioTo(yardstick, comparison) ?? [])
      .filter(({ median }) => median < atLeast)
      .map(
        ({ median }) =>
          `${factor(median)} times ${yardstick} at ${inFlight} in flight, promised ${atLeast}`,
      ),
  )
  const errors = comparisons.flatMap(({ inFlight, measured }) =>
    [...measured]
      .map(([name, all]) => ({ name, errors: sum(all.map((took) => took.errors)) }))
      .filter((one) => one.errors > 0)
      .map((one) => `${one.errors} errors of ${one.name} at ${inFlight} in flight`),
  )
  return [...broken, ...errors]
}

export function ratesTable(
  title: string,
  comparisons: readonly Comparison[],
  hypotheses: readonly Promised[],
): TextTable {
  const rows = comparisons.flatMap((comparison) =>
    [...comparison.measured].map(([name, all]) => {
      const promised = hypotheses.find(
        (one) => one.yardstick === name && one.inFlight === comparison.inFlight,
      )
      return [
        name,
        String(comparison.inFlight),
        spreadText(spreadOf(all.map(rateOf)), rate),
        name === OURS ? '' : spreadText(ratioTo(name, comparison), factor),
        promised === undefined ? '' : String(promised.atLeast),
        ...cpuCells(all, comparison),
      ]
    }),
  )
  return {
    title,
    explained:
      'Median and, in brackets, the middle half of the rounds. Ratios are of rounds next to each other: ours by the yardstick.',
    headings: ['', 'in flight', 'connections/s', 'ours/it', 'promised', 'CPU us each', 'ours/it'],
    rows,
  }
}

function cpuCells(all: readonly Took[], { measured }: Comparison): string[] {
  const cpu = all.map(cpuUsOf)
  if (cpu.every((us) => us === 0)) return ['', '']
  const ours = measured.get(OURS)?.map(cpuUsOf)
  return [
    spreadText(spreadOf(cpu), (us) => us.toFixed(0)),
    ours === undefined || measured.get(OURS) === all
      ? ''
      : spreadText(pairedRatio(ours, cpu), factor),
  ]
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
