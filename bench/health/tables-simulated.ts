import type { Seen } from '../../kit/bench/split/error-bars.ts'
import { asked, percent, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import type { Compared } from './comparing.ts'
import type { Simulated } from './simulate.ts'
import type { Turned } from './watching.ts'

export function comparedTable(all: readonly Compared[]): TextTable {
  return {
    title: 'Errors of all versions until a comparison fails',
    explained:
      'Mean, simulated; `known share` is exact, of a test that may take the share for granted.',
    headings: [
      'share',
      'error rate, beside the others',
      'errors',
      '90%',
      'known share',
      'samples, if the others have 1% errors',
    ],
    rows: all.map(({ share, ratio, errors, errors90, known, samples }) => [
      `${asked(share)}%`,
      `${ratio} times`,
      whole(errors),
      whole(errors90),
      whole(known),
      whole(samples),
    ]),
  }
}

export function watchedTable(all: readonly Turned[]): TextTable {
  return {
    title: 'Samples of a version from when it turns bad until the alarm',
    explained:
      'Limit 1%, confidence 99. Mean of the watch simulated (90% in parentheses), of the test without a restart exact.',
    headings: [
      'good samples before',
      'errors then',
      'the watch',
      'a whole run',
      'a test that never starts over',
    ],
    rows: all.map(({ good, rate, watched, watched90, machine, plain }) => [
      whole(good),
      `${asked(rate)}%`,
      `${whole(watched)} (${whole(watched90)})`,
      whole(machine),
      whole(plain),
    ]),
  }
}

export type Shown = { share: number; rates: readonly (number | undefined)[] }

export function intervalTable(all: readonly Shown[], minutes: readonly number[]): TextTable {
  return {
    title: 'The error rate that a watched interval shows in nine of ten runs',
    explained: 'Simulated: limit 1%, confidence 99, 10 samples a second of all versions.',
    headings: ['share of the version', ...minutes.map((one) => `${one} min`)],
    rows: all.map(({ share, rates }) => [
      `${asked(share)}%`,
      ...rates.map((rate) => (rate === undefined ? 'none' : `${asked(rate)}%`)),
    ]),
  }
}

export function runsTable(all: readonly Simulated[]): TextTable {
  return {
    title: 'Whole runs through the check machine',
    explained:
      'Simulated, confidence 99; in brackets the Wilson interval that holds in 99% of simulations.',
    headings: [
      'scenario',
      'runs',
      'pass',
      'unhealthy',
      'split fails',
      'must be at most 1%',
      'mean samples',
    ],
    rows: all.map(({ scenario, runs, pass, unhealthy, split, broken, meanSamples }) => [
      scenario.name,
      whole(runs),
      percent(pass.share),
      percent(unhealthy.share),
      percent(split.share),
      `${scenario.never}: ${barred(broken)}`,
      whole(meanSamples),
    ]),
  }
}

export function brokenTable(all: readonly Simulated[]): TextTable {
  return {
    title: 'Whole runs to a broken version',
    explained: 'Simulated, confidence 99. Samples are those of all versions since the write.',
    headings: ['scenario', 'unhealthy', 'passes', 'mean samples'],
    rows: all.map(({ scenario, pass, unhealthy, meanSamples }) => [
      scenario.name,
      percent(unhealthy.share),
      percent(pass.share),
      whole(meanSamples),
    ]),
  }
}

function barred({ share, low, high }: Seen): string {
  return `${percent(share)} (${percent(low)}-${percent(high)})`
}
