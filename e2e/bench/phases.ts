import { checkPhases } from '../../kit/bench/run/phases.ts'
import { type Json, listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'

/** The time from the answer of a write to the verdict, and its parts. All in milliseconds. */
export type Phases = {
  totalMs: number
  /** Until the gateway switched. */
  propagationMs: number
  /** Connections of attempts, from the switch on. */
  samplingMs: number
  /** No connection that counts was under way: before the first attempt, between attempts, and for the removal of the journal. */
  waitingMs: number
}

/** The phases of a rollout with one write, by its report.json. */
export function phasesOf(report: Json): Phases {
  const timeline = listAt(report, 'timeline')
  const momentMs = (event: string) =>
    numberAt(
      timeline.find((one) => textAt(one, 'event') === event),
      'atMs',
    ) ?? Number.NaN
  const totalMs = momentMs('finished') - momentMs('written')
  const { propagationMs, samplingMs } = checkPhases(report)
  return { totalMs, propagationMs, samplingMs, waitingMs: totalMs - propagationMs - samplingMs }
}

/** Samples a second while a rollout's attempts took them, and how many its check was expected to need. */
export function samplingOf(report: Json): { perSecond: number; expected: number } {
  const attempts = listAt(report, 'checks', 0, 'attempts')
  const sum = (field: string) =>
    attempts.reduce<number>((total, one) => total + (numberAt(one, field) ?? 0), 0)
  return {
    perSecond: (sum('samples') / sum('tookMs')) * 1000,
    expected: numberAt(report, 'checks', 0, 'expectedSamples') ?? Number.NaN,
  }
}

/** The value below which this share (0 to 1) of the values is: the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
