import type { Seen } from '../../kit/bench/split/error-bars.ts'
import { asked, percent, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import type { Judging } from './judging.ts'
import type { Followed, Lateness } from './propagation.ts'
import type { Simulated } from './several.ts'

const BARS = 'Simulated; in brackets the Wilson interval that holds in 99% of simulations.'

export function severalTable(all: readonly Simulated[]): TextTable {
  return {
    title: 'Simulated checks of one attempt',
    explained: `${BARS} First row of each: on target; then one share at a margin of its band.`,
    headings: [
      'target',
      'tolerance',
      'error',
      'truth',
      'runs',
      'pass',
      'fail',
      'mean',
      '90%',
      'cap',
    ],
    rows: all.map(({ cell, truth, runs, pass, fail, mean, p90, cap }) => [
      shares(cell.target),
      asked(cell.tolerance),
      `${asked(cell.error)}%`,
      shares(truth),
      `${runs}`,
      barred(pass),
      barred(fail),
      whole(mean),
      whole(p90),
      whole(cap),
    ]),
  }
}

export function propagationTable(all: readonly Followed[]): TextTable {
  return {
    title:
      'Attempts after a write, two destinations, default tolerance, error 1%, 5,000 samples a second',
    explained: `${BARS} Times in seconds since the write's answer, in simulated time.`,
    headings: [
      'from -> target (truth)',
      'gateway',
      'runs',
      'pass',
      'fail',
      'inconclusive',
      'not-propagated',
      'median s',
      '95% s',
      'samples',
      'attempts',
    ],
    rows: all.map((one) => [
      `${one.scenario.transition.from} -> ${one.scenario.transition.to} (${one.scenario.transition.truth})`,
      nameOf(one.scenario.lateness),
      `${one.runs}`,
      barred(one.pass),
      barred(one.fail),
      percent(one.inconclusive.share),
      percent(one.notPropagated),
      (one.medianMs / 1000).toFixed(2),
      (one.p95Ms / 1000).toFixed(2),
      whole(one.meanSamples),
      one.meanAttempts.toFixed(1),
    ]),
  }
}

export function judgingTable(all: readonly Judging[]): TextTable {
  return {
    title: 'Judging',
    explained:
      'CPU time (garbage collection included) of judgeAttempt, and how much its heap grows in samples that never decide, best of three.',
    headings: ['attempt', 'samples', 'CPU seconds', 'ns per sample', 'heap growth, KB'],
    rows: all.map(({ name, samples, cpuSeconds, heapGrowthBytes }) => [
      name,
      whole(samples),
      cpuSeconds.toFixed(2),
      whole((cpuSeconds / samples) * 1e9),
      whole(heapGrowthBytes / 1024),
    ]),
  }
}

function barred({ share, low, high }: Seen): string {
  return `${percent(share)} (${percent(low)}-${percent(high)})`
}

function shares(all: readonly number[]): string {
  return all.map((share) => Number((share * 100).toFixed(2))).join('/')
}

function nameOf(lateness: Lateness): string {
  switch (lateness.kind) {
    case 'never':
      return 'never'
    case 'replicas':
      return `replicas at ${lateness.firstMs / 1000} and ${lateness.secondMs / 1000} s`
    case 'late':
      return lateness.fromMs === lateness.toMs
        ? `late ${lateness.fromMs / 1000} s`
        : `late ${lateness.fromMs / 1000} to ${lateness.toMs / 1000} s`
  }
}
