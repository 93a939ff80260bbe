import { describe, expect, test } from 'vitest'
import { allLines } from '../../../kit/report/logged.ts'
import { STARTED, someCheck, someOutcome } from '../../../kit/report/run.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

describe('a group', () => {
  const attemptStarted: RunEvent = {
    kind: 'attempt-started',
    check: someCheck(),
    number: 1,
    place: 'early',
  }
  const written: RunEvent = {
    kind: 'written',
    weights: { v1: 80, v2: 20 },
    number: 1,
    of: 1,
    tookMs: 9,
  }
  const confirmed: RunEvent = { kind: 'check-ended', check: someCheck() }
  const finished: RunEvent = { kind: 'finished', outcome: someOutcome() }

  /** The groups' lines, and the first word of the others. */
  function shape(...events: RunEvent[]): string[] {
    return allLines(...events).map((line) =>
      line.startsWith('group') ? line : (/^\w+: ([^ :]+)/.exec(line)?.[1] ?? line),
    )
  }

  test('has the lines of a phase, and what became of a step is behind its group', () => {
    expect(
      shape(STARTED, written, attemptStarted, confirmed, { kind: 'journal-removed' }, finished),
    ).toEqual([
      'group: Plan and preflight checks',
      'VirtualService',
      'group-end: ',
      'group: Write and check: v1 80%, v2 20%',
      'Written',
      'group-end: ',
      '✔',
      'Journal',
      'demo/tcp-echo',
    ])
  })

  test('names the step of a ramp', () => {
    expect(shape({ ...written, number: 2, of: 3 })[0]).toBe('group: Step 2 of 3: v1 80%, v2 20%')
  })

  test('begins with the first attempt where nothing is written', () => {
    expect(shape(STARTED, attemptStarted, attemptStarted, confirmed)).toEqual([
      'group: Plan and preflight checks',
      'VirtualService',
      'group-end: ',
      'group: Check v1 80%, v2 20%',
      'group-end: ',
      '✔',
    ])
  })

  test('has the restore, and the check of it', () => {
    const weights = { v1: 100, v2: 0 }
    const events: RunEvent[] = [
      { kind: 'restoring', weights },
      { kind: 'restored', weights, sinceFirstWriteMs: 1, isChecked: true },
      attemptStarted,
      confirmed,
    ]
    expect(shape(written, ...events)).toEqual([
      'group: Write and check: v1 80%, v2 20%',
      'Written',
      'group-end: ',
      'group: Restore v1 100%, v2 0%',
      'Restored',
      'group-end: ',
      '✔',
    ])
  })

  test('is closed before the last line, wherever the run ended', () => {
    expect(shape(STARTED, finished).slice(-2)).toEqual(['group-end: ', 'demo/tcp-echo'])
  })
})
