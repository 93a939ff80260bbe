import type { Edit } from './hand.ts'
import type { Scenario } from './play.ts'
import type { RunOrder } from './run-party.ts'

const PASSES: RunOrder = { weight: 60, ends: 'pass', run: { id: 'one', attempt: 1 } }
const FAILS: RunOrder = { ...PASSES, ends: 'rollback' }
const KEEPS: RunOrder = { ...PASSES, ends: 'keep' }
const STEPS: RunOrder = { ...PASSES, step: 40 }
const GOES_BACK: RunOrder = { ...STEPS, ends: 'last-step' }

/** The same order as another run has it. */
function other(order: RunOrder, weight = 30): RunOrder {
  return { ...order, weight, run: { id: 'two', attempt: 1 } }
}

const PAIRS: Readonly<Record<string, readonly [RunOrder, RunOrder]>> = {
  'two that pass': [PASSES, other(PASSES)],
  'two that pass with the same weights': [PASSES, other(PASSES, 60)],
  'one that passes, one that fails': [PASSES, other(FAILS)],
  'two that fail': [FAILS, other(FAILS)],
  'one that fails, one that asks for the same and passes': [FAILS, other(PASSES, 60)],
  'one in steps, one that fails': [STEPS, other(FAILS)],
  'one in steps, one that passes': [STEPS, other(PASSES)],
  'one that keeps, one that passes': [KEEPS, other(PASSES)],
}

export const ALL_EDITS: readonly Edit[] = [
  'weights',
  'revert',
  'other rule',
  'rule above',
  'label',
  'prune',
  'apply',
  'delete',
  'recreate',
]

/** Two runs at once. */
export const TWO_RUNS: readonly Scenario[] = Object.entries(PAIRS).map(([name, [A, B]]) => ({
  name,
  runs: { A, B },
}))

/** Two runs at once, and one manual edit. */
export const WITH_EDIT: readonly Scenario[] = TWO_RUNS.flatMap((scenario) =>
  ALL_EDITS.map((edit) => ({ ...scenario, name: `${scenario.name}; ${edit}`, edits: [edit] })),
)

/** One run, and two manual edits one after the other. */
export const TWO_EDITS: readonly Scenario[] = [PASSES, FAILS].flatMap((A) =>
  ALL_EDITS.flatMap((first) =>
    ALL_EDITS.map((second) => ({
      name: `${nameOf(A)}; ${first}, ${second}`,
      runs: { A },
      edits: [first, second],
    })),
  ),
)

/** A run that outlives its journal, or an attempt that a later one considers killed. */
export const OUTLIVED: readonly Scenario[] = [PASSES, FAILS, STEPS, KEEPS, GOES_BACK].flatMap((A) =>
  [PASSES, FAILS].flatMap((B) =>
    [60, 30].flatMap((weight) => {
      const name = `${nameOf(A)}, then to ${weight} ${nameOf(B)}`
      return [
        { name: `${name}; expiry`, runs: { A, B: other(B, weight) }, expiry: true },
        {
          name: `${name}; a later attempt`,
          runs: { A, B: { ...B, weight, run: { ...A.run, attempt: 2 } } },
        },
      ]
    }),
  ),
)

/** A run that is killed, its last write perhaps late, post after it, another run beside. */
export const KILLED: readonly Scenario[] = [PASSES, FAILS, STEPS, GOES_BACK].flatMap((A) =>
  [true, false].flatMap((post) => {
    const killed = { run: 'A', post }
    const name = `${nameOf(A)} and is killed, ${post ? 'post follows' : 'no post follows'}`
    return [
      { name, runs: { A }, killed },
      { name: `${name}; another run`, runs: { A, B: other(PASSES) }, killed },
      {
        name: `${name}; the same attempt 2`,
        runs: { A, B: { ...PASSES, run: { id: 'one', attempt: 2 } } },
        killed,
      },
      ...ALL_EDITS.map((edit) => ({
        name: `${name}; ${edit}`,
        runs: { A },
        killed,
        edits: [edit],
      })),
    ]
  }),
)

/** A run that is cancelled, its last write perhaps late. */
export const CANCELLED: readonly Scenario[] = [PASSES, FAILS, STEPS, KEEPS, GOES_BACK].flatMap(
  (A) => {
    const name = `${nameOf(A)} and is cancelled`
    const cancelled = 'A'
    return [
      { name, runs: { A }, cancelled },
      { name: `${name}; another run`, runs: { A, B: other(PASSES) }, cancelled },
      { name: `${name}; another run that fails`, runs: { A, B: other(FAILS) }, cancelled },
      ...ALL_EDITS.map((edit) => ({
        name: `${name}; ${edit}`,
        runs: { A },
        cancelled,
        edits: [edit],
      })),
    ]
  },
)

/** A run that is rolled back while it is in progress, or after it was killed. */
export const ROLLED_BACK: readonly Scenario[] = [PASSES, FAILS, STEPS, KEEPS, GOES_BACK].flatMap(
  (A) => {
    const name = `${nameOf(A)} and is rolled back`
    const rollback = true as const
    return [
      { name, runs: { A }, rollback },
      { name: `${name}, killed`, runs: { A }, rollback, killed: { run: 'A', post: false } },
      {
        name: `${name}, killed, post follows`,
        runs: { A },
        rollback,
        killed: { run: 'A', post: true },
      },
      { name: `${name}; another run`, runs: { A, B: other(PASSES) }, rollback },
      { name: `${name}, cancelled`, runs: { A }, rollback, cancelled: 'A' },
      ...ALL_EDITS.map((edit) => ({
        name: `${name}; ${edit}`,
        runs: { A },
        rollback,
        edits: [edit],
      })),
    ]
  },
)

function nameOf({ ends, step }: RunOrder): string {
  const how = {
    pass: 'passes',
    rollback: 'fails',
    keep: 'fails and keeps',
    'last-step': 'goes back to its last step',
  }[ends]
  return `one that ${how}${step === undefined || ends === 'last-step' ? '' : ' in steps'}`
}
