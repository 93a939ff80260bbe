import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { type CountedTraffic, type CountsRates, countsRates } from '../../kit/split/counts.ts'
import { verifyRules } from '../../kit/split/samples.ts'

/**
 * npm run bench:counters: what the judges of counts do with users' traffic, by simulation: whole attempts at 20 +/- 5 and 99%, for
 * few and many users, one proxy and three, users who come in waves, and more of them the farther the counts are from the
 * target. Exits with 1 where a promise is broken. `--attempts N`: of each row.
 */
const { values } = parseArgs({ options: { attempts: { type: 'string', default: '4000' } } })
const ATTEMPTS = Number(values.attempts)

const ERROR = 0.01
const RULES = verifyRules([0.2, 0.8], 0.05, ERROR)

/** Groups of five are a design effect of 5. */
const GROUPS = [
  { group: 2, perReading: 200 },
  { group: 5, perReading: 20 },
  { group: 5, perReading: 200 },
  { group: 5, perReading: 1000 },
  { group: 20, perReading: 200 },
  { group: 20, perReading: 1000 },
]

type Row = { name: string; traffic: Omit<CountedTraffic, 'share'> }

const INDEPENDENT: readonly Row[] = [
  ...[1, 4, 20, 200, 1000].flatMap((perReading) =>
    [1, 3].map((proxies) => ({
      name: `${5 * perReading} a second at each of ${proxies}`,
      traffic: { proxies, perReading },
    })),
  ),
  {
    name: 'more where the share is high',
    traffic: {
      proxies: 1,
      perReading: 20,
      next: ([a = 0, b = 0]) => (a > 0.23 * (a + b) ? 60 : 5),
    },
  },
  {
    name: 'fewer where the share is high',
    traffic: {
      proxies: 1,
      perReading: 20,
      next: ([a = 0, b = 0]) => (a > 0.23 * (a + b) ? 5 : 60),
    },
  },
]

const GROUPED: readonly Row[] = GROUPS.flatMap(({ group, perReading }) =>
  [1, 3].map((proxies) => ({
    name: `${5 * perReading} a second at each of ${proxies}, in groups of ${group}`,
    traffic: { proxies, perReading, group },
  })),
)

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`
}

/** Beyond what a chance of the promised error does in all but 1 in 10,000 benches. */
function isBeyond(part: number): boolean {
  return part > ERROR + 3.7 * Math.sqrt((ERROR * (1 - ERROR)) / ATTEMPTS)
}

const broken: string[] = []
function promise(name: string, what: string, part: number): void {
  if (isBeyond(part)) broken.push(`${name}: ${what} ${percent(part)}`)
}

function cells(name: string, share: number, rates: CountsRates): string[] {
  const { pass, dependent, undecided, meanSamples, meanReadings } = rates
  return [
    name,
    percent(share),
    percent(pass),
    percent(rates['off-target']),
    percent(dependent),
    percent(undecided),
    Math.round(meanSamples).toLocaleString('en'),
    `${(0.2 * meanReadings).toFixed(1)} s`,
  ]
}

const HEAD: readonly string[] = [
  'traffic',
  'true',
  'pass',
  'off-target',
  'dependent',
  'open',
  'samples',
  'time',
]

const independent = INDEPENDENT.flatMap(({ name, traffic }, index) =>
  [0.15, 0.2, 0.25].map((share, place) => {
    const rates = countsRates(RULES, { ...traffic, share }, ATTEMPTS, 10 * index + place)
    if (share === 0.2) {
      promise(name, 'exact shares fail with', rates['off-target'])
      promise(name, 'independent samples are called dependent with', rates.dependent)
    } else promise(name, `a share of ${percent(share)} passes with`, rates.pass)
    return cells(name, share, rates)
  }),
)

const grouped = GROUPED.flatMap(({ name, traffic }, index) =>
  [0.2, 0.25].map((share, place) => {
    const rates = countsRates(RULES, { ...traffic, share }, ATTEMPTS, 1000 + 10 * index + place)
    if (share === 0.2) promise(name, 'exact shares fail with', rates['off-target'])
    else promise(name, `a share of ${percent(share)} passes with`, rates.pass)
    return cells(name, share, rates)
  }),
)

for (const [title, explained, rows] of [
  ['Independent samples', `20 +/- 5 at 99%, ${ATTEMPTS} attempts of each.`, independent],
  [
    'Samples in groups',
    'All of a group go to one destination. Exact shares are to be called dependent, and not off target.',
    grouped,
  ],
] as const)
  process.stdout.write(`${plainTable({ title, explained, headings: HEAD, rows })}\n`)

process.stdout.write(
  `${broken.length === 0 ? 'Every promise is kept.' : ['Broken promises:', ...broken].join('\n  ')}\n`,
)
process.exitCode = broken.length === 0 ? 0 : 1
