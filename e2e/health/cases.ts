import type { Affected, ReplyFault } from '../../sandbox/faults/destination-fault.ts'
import { type Json, listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'
import { faultyVersion } from '../faults/faulty.ts'
import type { Heal } from '../faults/stopped.ts'
import { WEB } from '../suite/support/web.ts'

type Inputs = Readonly<Record<string, string>>
type Faulty = readonly [fault: ReplyFault, affected: Affected]

/** Versions of the web application, a shift to v2 at 80/20, and how it must end. */
export type HealthCase = {
  name: string
  faults: Readonly<{ v1?: Faulty; v2?: Faulty }>
  inputs: Inputs
  /** Whether a run ended as it should. */
  isRight(verdict: string, reason: string): boolean
  expected: string
  /** Of 40 runs, how many must end so. */
  leastOf40: number
}

/** Its reply names the version. */
const ERROR: ReplyFault = { kind: 'status', status: 500 }
const SLOW: ReplyFault = { kind: 'slow', delayMs: 400 }
const AT_ONCE: Inputs = { 'health-span': '0s' }
const ERRORS = { ...AT_ONCE, 'max-errors': '1' }
/** Fewer at once than by default, so that the machine of the tests adds little time to replies. */
const LATENCY = { ...AT_ONCE, 'max-latency': 'p99=250ms', concurrency: '8' }

const unhealthy = {
  expected: 'unhealthy',
  isRight: (verdict: string, reason: string) => verdict === 'fail' && reason === 'unhealthy',
}
const pass = { expected: 'pass', isRight: (verdict: string) => verdict === 'pass' }
/** A run that ends before its write shows nothing about v2. */
const noPass = {
  expected: 'no pass',
  isRight: (verdict: string) => verdict === 'fail' || verdict === 'inconclusive',
}

const erring = (share: number): Faulty => [ERROR, { share }]

export const HEALTH_CASES: readonly HealthCase[] = [
  {
    name: 'v2 with 100% errors, v1 with none',
    faults: { v2: erring(1) },
    inputs: {},
    ...unhealthy,
    leastOf40: 40,
  },
  {
    name: 'v2 with 30% errors, v1 with none',
    faults: { v2: erring(0.3) },
    inputs: {},
    ...unhealthy,
    leastOf40: 40,
  },
  {
    name: 'v2 with 5% errors, v1 with none, max-errors 1',
    faults: { v2: erring(0.05) },
    inputs: ERRORS,
    ...unhealthy,
    leastOf40: 36,
  },
  {
    name: 'both with 5% errors',
    faults: { v1: erring(0.05), v2: erring(0.05) },
    inputs: {},
    ...pass,
    leastOf40: 38,
  },
  {
    name: 'v2 is slow at 2%, max-latency p99=250ms',
    faults: { v2: [SLOW, { share: 0.02 }] },
    inputs: LATENCY,
    ...noPass,
    leastOf40: 40,
  },
  {
    name: 'none is slow, max-latency p99=250ms',
    faults: {},
    inputs: LATENCY,
    ...pass,
    leastOf40: 40,
  },
]

/** The inputs of a step for a case. */
export function stepInputs({ inputs }: HealthCase) {
  return { ...WEB.inputs, subset: 'v2', weight: '20', ...inputs }
}

/** Starts both versions of a case. */
export async function startVersions({ faults }: Pick<HealthCase, 'faults'>): Promise<Heal> {
  const heals: Heal[] = []
  for (const version of ['v1', 'v2'] as const) {
    const [fault, affected] = faults[version] ?? []
    heals.push(await faultyVersion('web', version, fault, affected))
  }
  return async () => {
    for (const heal of heals) await heal()
  }
}

/** What a run needed until it ended, by its report.json. */
export type Needed = { samples: number; ofV2: number; ms: number; test: string }

/** Samples since the write, all and of v2, the time from the write to the verdict, and the test that failed. */
export function neededBy(report: Json): Needed {
  const check = listAt(report, 'checks')[0] ?? null
  const destinations = listAt(check, 'health', 'destinations')
  const replies = destinations.map((one) => numberAt(one, 'replies') ?? 0)
  const v2 = destinations.findIndex((one) => textAt(one, 'name') === 'v2')
  const failed = listAt(check, 'health', 'tests').find((one) => textAt(one, 'status') === 'failed')
  const atMs = (event: string) =>
    numberAt(
      listAt(report, 'timeline').find((one) => textAt(one, 'event') === event) ?? null,
      'atMs',
    )
  return {
    samples: replies.reduce(
      (sum, one) => sum + one,
      numberAt(check, 'health', 'unattributed') ?? 0,
    ),
    ofV2: replies[v2] ?? Number.NaN,
    ms: (atMs('finished') ?? Number.NaN) - (atMs('written') ?? Number.NaN),
    test: textAt(failed ?? null, 'question') ?? '',
  }
}
