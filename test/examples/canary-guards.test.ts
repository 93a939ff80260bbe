import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import {
  composeFirst,
  refuseBusy,
  refuseInputs,
  refuseOthersWeights,
  refuseStepsBelow,
} from '../../build/canary-guards.ts'
import { shellQuoted } from '../../src/problem/shell-quoted.ts'

type Values = Readonly<Record<string, string>>

/** What the script of a step prints, or writes as an output, with the values of each case in place of its expressions. */
function runAll(step: Readonly<Record<string, unknown>>, cases: readonly Values[]): string[] {
  const names = Object.keys(step.env as object)
  const runs = cases.map((values) => {
    const given = names.map((name) => `export ${name}=${shellQuoted(values[name] ?? '')}`)
    return `(set -eo pipefail\n${given.join('\n')}\n${step.run})\ncat $file; : > $file; printf '\\0'`
  })
  const script = `file=$(mktemp); export GITHUB_OUTPUT=$file\n${runs.join('\n')}\nrm $file`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** The reason of a refusal; empty without one. */
const reasons = (said: readonly string[]) =>
  said.map((text) => text.replace(/^::error::Nothing was written\. (.*)\n$/, '$1'))

describe('the inputs of the canary', () => {
  const good = { STEPS: '[5, 25, 100]', ENVIRONMENT: 'production', ON_FAILURE: 'rollback' }
  const refused = (...inputs: Partial<typeof good>[]) =>
    reasons(
      runAll(
        refuseInputs(6),
        inputs.map((each) => ({ ...good, ...each })),
      ),
    )

  test('have one to six steps, each above the one before it', () => {
    const lists = ['[5, 25, 100]', '[1,2,3,4,5,6]', '[\n 0.5,\n 99.75 ]\n', '[100]']
    expect(refused(...lists.map((STEPS) => ({ STEPS })))).toEqual(lists.map(() => ''))
  })

  test('are refused where a step is no percent, and no text of theirs is run or becomes a command to the runner', () => {
    const lists = [
      ...['', '[]', '5 25 50', '[1,2,3,4,5,6,7]', '[101]', '[-5]', '["5"]', '{"0": 5}'],
      ...['[5, null, 100]', '[true]', '[[5], 10]', '[1e1]'],
      ...["[5]'; exit 0 #", '[5]\n::set-output name=x::y', '$(exit 0)`exit 0`'],
    ]
    expect(refused(...lists.map((STEPS) => ({ STEPS })))).toEqual(
      lists.map(() => 'steps must be a JSON list of 1 to 6 percents, such as [5, 25, 100].'),
    )
  })

  test('are refused where GitHub would take 0 for a missing step, or the plan would skip a step', () => {
    const lists = ['[0]', '[0.00, 5]', '[5, 0]', '[50, 5]', '[5, 5.0]']
    expect(refused(...lists.map((STEPS) => ({ STEPS })))).toEqual(
      lists.map(() => 'steps must be above 0, and each must be above the one before it.'),
    )
  })

  test('name an environment, because no step waits for an approval without one', () => {
    expect(refused({ ENVIRONMENT: '' })).toEqual([
      'environment is empty, so no step would wait for an approval. Set it to an environment that has required reviewers.',
    ])
  })

  test('say what happens on a failure', () => {
    const why = 'on-failure must be rollback or last-step.'
    const given = ['last-step', '', 'keep'].map((ON_FAILURE) => ({ ON_FAILURE }))
    expect(refused(...given)).toEqual(['', why, why])
  })
})

test('the first step of the canary is not below the weight in force', () => {
  const cases = [
    { STEP: '5', NOW: '{"v1":100}' },
    { STEP: '20', NOW: '{"v1":80,"v2":20}' },
    { STEP: '9.5', NOW: '{"v2":10,"v1":90}' },
  ]
  const given = cases.map((each) => ({ ...each, SUBSET: 'v2' }))
  expect(reasons(runAll(refuseStepsBelow(), given))).toEqual([
    '',
    '',
    'subset already has 10%, and the first step is 9.5%. Leave out the steps below 10%.',
  ])
})

test('the canary begins only where no run is in progress, and with one rule', () => {
  const cases = [
    { VERDICT: 'idle', NOW: '{"v1":100}' },
    { VERDICT: 'in-progress', NOW: '{"v1":60,"v2":40}' },
    { VERDICT: 'idle', NOW: '' },
  ]
  expect(reasons(runAll(refuseBusy(), cases))).toEqual([
    '',
    'A run is in progress on the object, or was interrupted. Wait until it ends, or roll it back. Then start the canary again.',
    'The object has several rules. Set route to one of them.',
  ])
})

describe('before a shift of the canary', () => {
  const known = { FIRST: '{"v1":60,"v3":40}', CONFIRMED_2: '{"v1":57,"v3":38,"v2":5}' }
  const refused = (...found: string[]) =>
    reasons(
      runAll(
        refuseOthersWeights('', ['', '']),
        found.map((NOW) => ({ ...known, NOW })),
      ),
    )

  test('the weights in force are those that it found or confirmed, and 0 is the same as missing', () => {
    const reordered = '{"v3":40,"v1":60}'
    const afterRollback = '{"v1":60,"v3":40,"v2":0}'
    expect(refused(known.FIRST, reordered, afterRollback, known.CONFIRMED_2)).toEqual(
      Array(4).fill(''),
    )
  })

  test('other weights in force are a refusal, because someone else wrote them', () => {
    const others = ['{"v1":0,"v3":0,"v2":100}', '{"v1":60,"v4":40}', '{"v1":60.5,"v3":39.5}']
    expect(refused(...others)).toEqual(
      others.map(
        (found) =>
          `The weights in force are ${found}, which this canary did not confirm. Someone else wrote them, or the runner of a step was lost. Before the first step, the weights were ${known.FIRST}. To restore them, run a shift with weights set to this.`,
      ),
    )
  })
})

describe('the weights that the canary restores', () => {
  const FIRST = '{"v1":60,"v3":40}'
  const found = (env: Values) =>
    runAll(composeFirst('', ''), [{ FIRST, VERDICT: 'idle', ...env }])[0]?.trim()

  test('are the first ones, with 0 for a destination that was added, so that no proportion is rounded', () => {
    expect(found({ NOW: '{"v1":1,"v3":0,"v2":99}' })).toBe('weights={"v1":60,"v3":40,"v2":0}')
  })

  test('are the first ones also where the inputs name the subset in another way than the rule', () => {
    expect(found({ NOW: '{"v1":50,"v3":50}' })).toBe(`weights=${FIRST}`)
  })

  test('are not written again if they are in force, as after a first step that failed', () => {
    expect(found({ NOW: FIRST })).toMatch(/\nverdict=unchanged$/)
  })

  test('are left to the shift where the runner of the first step was lost', () => {
    const lost = { VERDICT: 'in-progress', NOW: '{"v1":57,"v3":38,"v2":5}' }
    expect(found(lost)).toBe('weight=0')
    expect(found({ ...lost, CONFIRMED: '{"v1":59,"v3":39,"v2":2}' })).toBe(
      'weights={"v1":60,"v3":40,"v2":0}',
    )
  })
})
