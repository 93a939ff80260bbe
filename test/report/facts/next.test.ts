import { describe, expect, test } from 'vitest'
import { recordOf, STARTED, someCheck, someOutcome } from '../../../kit/report/run.ts'
import { inputProblem } from '../../../src/problem/problem.ts'
import { documentedProblems, whyLines } from '../../../src/report/facts/explanation.ts'
import { nextText } from '../../../src/report/facts/next.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const MANIFEST: RunEvent = {
  kind: 'manifest',
  objectKind: 'VirtualService',
  path: 'vs.yaml',
  object: 'demo/tcp-echo',
}

describe('what to do next', () => {
  test('after wrong inputs is to correct them, or the file', () => {
    const wrong = someOutcome({ verdict: 'error', reason: 'input', checks: [] })
    expect(nextText(recordOf([]), wrong)).toBe('Correct the inputs. Then run it again.')
    expect(nextText(recordOf([MANIFEST]), wrong)).toBe(
      'Correct the file, or the inputs. Then run it again.',
    )
  })

  test('after a cancelled run is to confirm the restored weights, unless they are confirmed', () => {
    const cancelled = someOutcome({ verdict: 'error', reason: 'cancelled', rolledBack: true })
    expect(nextText(recordOf([STARTED]), cancelled)).toBe(
      'Confirm the restored weights with mode: verify and weights: current. Then run it again when you want to continue.',
    )
    const checked: RunEvent = { kind: 'restore-checked', check: someCheck() }
    expect(nextText(recordOf([STARTED, checked]), cancelled)).toBe(
      'Run it again when you want to continue.',
    )
  })
})

test('each of several problems has its code, and more than three pages are not named one by one', () => {
  const problems = (
    [
      'ITS-STEPS-INVALID',
      'ITS-INPUT-REQUIRED',
      'ITS-WEIGHT-INVALID',
      'ITS-PAYLOAD-INVALID',
    ] as const
  ).map((code, index) => inputProblem('x', code, `Problem ${index}.`))
  const outcome = (count: number) =>
    someOutcome({
      verdict: 'error',
      reason: 'input',
      checks: [],
      problems: problems.slice(0, count),
      message: problems.map(({ what }) => what).join('\n'),
      untouched: { object: undefined },
    })
  expect(whyLines(recordOf([]), outcome(2))).toEqual([
    'Problem 0. [ITS-STEPS-INVALID]',
    'Problem 1. [ITS-INPUT-REQUIRED]',
  ])
  expect(documentedProblems(recordOf([]), outcome(2))).toHaveLength(2)
  expect(documentedProblems(recordOf([]), outcome(4))).toEqual([
    { code: 'each code above', documentation: 'docs/errors.md' },
  ])
})
