import type { Seen } from '../../kit/bench/split/error-bars.ts'
import { asked, percent, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import type { Chance, Cost, Promised } from './limits.ts'
import { promoted, THRESHOLDS } from './thresholds.ts'

export function costTable(all: readonly Cost[]): TextTable {
  return {
    title: 'Samples of a version until its limit is confirmed',
    explained: 'Exact. Mean by true rate; in parentheses what 999 of 1,000 need.',
    headings: [
      'limit',
      '`confidence`',
      'least possible',
      'no errors',
      '1/10 of the limit',
      '1/4 of the limit',
      '1/2 of the limit',
    ],
    rows: all.map(({ cell, fixed, means, most }) => [
      `${asked(cell.limit)}%`,
      asked(1 - cell.error),
      whole(fixed),
      ...means.map((mean, i) => (i === 2 ? `${whole(mean)} (${whole(most)})` : whole(mean))),
    ]),
  }
}

export function chancesTable(all: readonly Chance[], samples: number): TextTable {
  return {
    title: `What becomes of a version with a limit of 1%, with at most ${whole(samples)} samples of it`,
    explained: 'Exact, confidence 99. Each row sums to 100%.',
    headings: ['true error rate', 'passes', 'fails', 'undecided', 'mean samples'],
    rows: all.map(({ rate, course }) => [
      `${asked(rate)}%`,
      percent(course.pass),
      percent(course.fail),
      percent(course.open),
      whole(course.mean),
    ]),
  }
}

export function promisesTable(all: readonly Promised[]): TextTable {
  return {
    title: 'What is promised of a limit',
    explained:
      'Exact, without a limit of samples. A pass or a fail by itself, at parts of the limit.',
    headings: ['limit', 'error', 'pass at limit', 'pass at 1.5 x', 'fail at limit', 'fail at half'],
    rows: all.map(({ cell, rates }) => {
      const at = (part: number) => rates.find((one) => one.part === part)
      return [
        `${asked(cell.limit)}%`,
        `${asked(cell.error)}%`,
        percent(at(1)?.pass ?? Number.NaN),
        percent(at(1.5)?.pass ?? Number.NaN),
        percent(at(1)?.fail ?? Number.NaN),
        percent(at(0.5)?.fail ?? Number.NaN),
      ]
    }),
  }
}

/** Error rates of a new version, whose predecessor has half a percent. */
export const TRUE_RATES = [0, 0.005, 0.01, 0.02, 0.05]

/** How often each rank test passed, at each of `TRUE_RATES`. */
export type RankTested = { requestsPerMinute: number; passes: readonly Seen[] }

export function thresholdsTable(
  chances: readonly Chance[],
  ranked: readonly RankTested[],
): TextTable {
  const thresholds = THRESHOLDS.flatMap((rule) =>
    [20, 100, 1200].map((requests) => [
      rule.name,
      `${rule.good} x ${whole(requests)}`,
      ...TRUE_RATES.map((rate) => percent(promoted(rule, rate, requests))),
    ]),
  )
  return {
    title: 'The chance that a version is promoted, by its true error rate',
    explained: 'Exact, but for Kayenta: simulated, beside a baseline with 0.5% errors.',
    headings: ['rule', 'requests of it', ...TRUE_RATES.map((rate) => `${asked(rate)}%`)],
    rows: [
      ...thresholds,
      ...ranked.map(({ requestsPerMinute, passes }) => [
        'Kayenta, error rate',
        `60 x ${whole(requestsPerMinute)}`,
        ...passes.map(({ share }) => percent(share)),
      ]),
      [
        'this tool, `max-errors: 1`',
        'until decided',
        ...chances.map(({ course }) => percent(course.pass)),
      ],
      [
        'its mean',
        '',
        ...chances.map(({ course }) => meanOrNone(course.pass, course.fail, course.mean)),
      ],
    ],
  }
}

/** At the limit itself most runs are never decided. */
function meanOrNone(pass: number, fail: number, mean: number): string {
  return pass + fail > 0.99 ? whole(mean) : 'undecided'
}
