import { describe, expect, test } from 'vitest'
import { STARTED, someAttempt, someCheck, someOutcome, somePlan } from '../../../kit/report/run.ts'
import { startLog } from '../../../src/report/log/log.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

/** The lines of events, each with its level. */
function allLines(...events: RunEvent[]): string[] {
  const log = startLog(() => 0)
  return events.flatMap((event) => log(event).map(({ level, text }) => `${level}: ${text}`))
}

/** The same without the groups that they stand in. */
function lines(...events: RunEvent[]): string[] {
  return allLines(...events).filter((line) => !line.startsWith('group'))
}

describe('a line says', () => {
  test('which object on which server is meant, before anything else', () => {
    expect(lines(STARTED)).toEqual([
      'info: VirtualService demo/tcp-echo on https://mesh.example:6443 (context prod)',
    ])
  })

  test('where Services and Pods are, where that is another server', () => {
    const event: RunEvent = {
      kind: 'started',
      server: 'https://mesh',
      context: 'prod',
      object: 'demo/tcp-echo',
      workloadsServer: 'https://apps',
    }
    expect(lines(event)[1]).toBe('info: Services and Pods on https://apps')
  })

  test('what is planned, what it takes and what it does to open connections', () => {
    expect(lines({ kind: 'planned', plan: somePlan() })).toEqual([
      'info: entry tcp:31400: v1 100% -> v1 80%, v2 20% (adds v2), about 855 connections (2400 at most) for the proof',
      'info: new weights close the connections that are open now when the gateway has drained its old listener (45 s by default)',
    ])
  })

  test('every step that is planned', () => {
    const steps = [
      { v1: 90, v2: 10 },
      { v1: 80, v2: 20 },
    ]
    const checks = [someCheck(), someCheck()]
    const [line, closes] = lines({
      kind: 'planned',
      plan: somePlan({ steps, checks, added: undefined }),
    })
    expect(closes).toMatch(/, at each step$/)
    expect(line).toBe(
      'info: entry tcp:31400: v1 100%, v2 0% -> v1 90%, v2 10% -> v1 80%, v2 20%, about 855 connections (2400 at most) for the first proof',
    )
  })

  test('the steps that are skipped, whether or not something has to be written', () => {
    const skipped = [5, 10]
    const line =
      'info: steps skipped: 5%, 10%, not between the weight that is in force by then and the last one'
    expect(lines({ kind: 'planned', plan: somePlan({ skipped }) })[1]).toBe(line)
    expect(lines({ kind: 'planned', plan: somePlan({ skipped, unchanged: true }) })[1]).toBe(line)
  })

  test('that nothing has to be written', () => {
    expect(lines({ kind: 'planned', plan: somePlan({ unchanged: true }) })).toEqual([
      'info: entry tcp:31400: to prove v1 80%, v2 20%, nothing to write, about 855 connections (2400 at most) for the proof',
    ])
  })

  test.each<[string, RunEvent, string[]]>([
    [
      'a warning and what to do about it',
      {
        kind: 'finding',
        finding: {
          severity: 'warning',
          code: 'ITS-PREFLIGHT',
          reason: 'preflight',
          what: 'odd',
          remedy: 'Do:\n  this',
        },
      },
      ['warning: odd\nDo:\n  this'],
    ],
    [
      'an error',
      {
        kind: 'finding',
        finding: {
          severity: 'error',
          code: 'ITS-FORBIDDEN',
          reason: 'access',
          what: 'no',
          remedy: '',
        },
      },
      ['error: no'],
    ],
    [
      'where the gateway is',
      { kind: 'endpoint', endpoint: { host: '::1', port: 1 }, how: 'so', addresses: ['::1'] },
      ['info: gateway at [::1]:1 (so)'],
    ],
    [
      'which addresses it has, where it has several',
      { kind: 'endpoint', endpoint: { host: 'gw', port: 1 }, how: 'so', addresses: ['a', 'b'] },
      ['info: gateway at gw:1 (so), in turn a, b'],
    ],
    [
      'what preflight heard',
      {
        kind: 'preflight-replies',
        connections: 3,
        byDestination: { v1: 3, v2: 0 },
        unclassified: 0,
      },
      ['info: preflight: 3 connections, 3 from v1, 0 from v2'],
    ],
    [
      'what preflight heard at once',
      { kind: 'preflight-replies', connections: 1, byDestination: { v1: 1 }, unclassified: 0 },
      ['info: preflight: 1 connection, 1 from v1'],
    ],
    [
      'what preflight did not understand',
      { kind: 'preflight-replies', connections: 3, byDestination: { v1: 1 }, unclassified: 2 },
      ['info: preflight: 3 connections, 1 from v1, 2 without a known reply'],
    ],
    [
      'that the edit would be accepted',
      { kind: 'dry-run-accepted' },
      ['info: dry run: the API server accepts the edit'],
    ],
    [
      'whose journal was found',
      { kind: 'recovering', run: 'run 7' },
      ['info: found the journal of an interrupted run, run 7: undoing it first'],
    ],
    [
      'what became of it',
      { kind: 'recovered', run: 'run 7', what: 'put back' },
      ['warning: run 7: put back'],
    ],
    [
      'what was written',
      { kind: 'written', weights: { v1: 80, v2: 20 }, number: 1, of: 1, tookMs: 19.4 },
      ['info: written: v1 80%, v2 20%, in 19 ms'],
    ],
    [
      'which of several writes it was',
      { kind: 'written', weights: { v1: 80 }, number: 2, of: 3, tookMs: 1900 },
      ['info: written (2 of 3): v1 80%, in 1.9 s'],
    ],
    [
      'how a try ended',
      { kind: 'attempt-ended', check: someCheck(), ended: someAttempt(), again: false },
      [
        'info:   attempt 2: 410 connections in 812 ms, v1 80.75%, v2 19.25%, 10 without a known reply: pass',
      ],
    ],
    [
      'that another try follows the first',
      {
        kind: 'attempt-ended',
        check: someCheck(),
        ended: someAttempt({ number: 1, decision: 'off-target', unclassified: 0, samples: 400 }),
        again: true,
      },
      [
        'info:   attempt 1: 400 connections in 812 ms, v1 80.75%, v2 19.25%: off-target, another attempt follows',
      ],
    ],
    [
      'that a try ended without a decision, or a reply',
      {
        kind: 'attempt-ended',
        check: someCheck(),
        ended: someAttempt({ decision: undefined, samples: 5, unclassified: 5, counts: [0, 0] }),
        again: false,
      },
      ['info:   attempt 2: 5 connections in 812 ms, no reply that expect knows: undecided'],
    ],
    [
      'what is proven, and how fast the gateway was',
      { kind: 'check-ended', check: someCheck() },
      ['info: proven: v1 80%, v2 20%; the gateway switched 131 ms after the write'],
    ],
    [
      'what is not proven, and why',
      {
        kind: 'check-ended',
        check: someCheck({ ended: 'off-target', propagationMs: undefined }),
      },
      ['info: not proven: v1 80%, v2 20% (off-target)'],
    ],
    [
      'what was cut short',
      {
        kind: 'check-ended',
        check: someCheck({ ended: undefined, propagationMs: undefined }),
      },
      ['info: not proven: v1 80%, v2 20% (cut short)'],
    ],
    [
      'that it waits',
      { kind: 'paused', ms: 180_000 },
      ['info: pause of 3 min before the next step'],
    ],
    [
      'that it restores the previous weights',
      { kind: 'restoring', weights: { v1: 100 } },
      ['info: putting the old weights back: v1 100%'],
    ],
    [
      'that they are back',
      { kind: 'restored', weights: { v1: 100 }, sinceFirstWriteMs: 4200 },
      [
        'info: put back: v1 100%, 4.2 s after the first write; looking whether the gateway acts on it',
      ],
    ],
    [
      'that nothing of the run is left on the object',
      { kind: 'journal-removed' },
      ['info: journal removed from the VirtualService'],
    ],
    [
      'how a good run ended',
      { kind: 'finished', outcome: someOutcome() },
      ['info: pass (within-tolerance): the gateway splits as requested'],
    ],
    [
      'how a bad run ended, and what to do next',
      {
        kind: 'finished',
        outcome: someOutcome({
          verdict: 'fail',
          reason: 'off-target',
          message: 'm',
          remedy: 'Do it',
        }),
      },
      [
        'error: fail (off-target): m\nDo it',
        'info: fail (off-target): the weights in force are v1 80%, v2 20%',
      ],
    ],
    [
      'that a plan is made',
      {
        kind: 'finished',
        outcome: someOutcome({ verdict: 'planned', reason: 'planned', message: 'm' }),
      },
      ['info: planned: m'],
    ],
    [
      'that a run said nothing sure',
      {
        kind: 'finished',
        outcome: someOutcome({ verdict: 'inconclusive', reason: 'limit-reached', message: 'm' }),
      },
      [
        'error: inconclusive (limit-reached): m',
        'info: inconclusive (limit-reached): the weights in force are v1 80%, v2 20%',
      ],
    ],
    [
      'that a call to the API server went wrong, and how',
      {
        kind: 'api-call',
        call: {
          method: 'PATCH',
          path: '/a?dryRun=All',
          outcome: 503,
          startedMs: 0,
          tookMs: 10_000,
        },
      },
      ['info: PATCH /a: 503, after 10 s'],
    ],
    [
      'that a call to the API server had no answer',
      {
        kind: 'api-call',
        call: { method: 'GET', path: '/a', outcome: 'could not be', startedMs: 0, tookMs: 1 },
      },
      ['info: GET /a: could not be, after 1 ms'],
    ],
  ])('%s', (_, event, expected) => {
    expect(lines(event)).toEqual(expected)
  })

  test('nothing of what only the report is about', () => {
    const call = { method: 'GET', path: '/a', outcome: 200, startedMs: 0, tookMs: 1 }
    expect(
      lines(
        { kind: 'api-call', call },
        { kind: 'attempt-started', check: someCheck(), number: 1, place: 'only' },
        { kind: 'restore-checked', check: someCheck() },
      ),
    ).toEqual([])
  })
})

describe('the last line', () => {
  const closing = (changes: Partial<Outcome>) =>
    lines({
      kind: 'finished',
      outcome: someOutcome({ verdict: 'fail', reason: 'no-reply', message: 'm\nn', ...changes }),
    }).at(-1)

  test('says in one sentence what was put back', () => {
    expect(closing({ rolledBack: true })).toBe(
      'info: fail (no-reply): the weights from before the run are back: v1 100%, v2 0%',
    )
  })

  test('says that nobody knows what is in force, where the object was read', () => {
    expect(closing({ weights: undefined })).toBe(
      'info: fail (no-reply): which weights are in force is not known',
    )
  })

  test('is the error itself, said once, where the object was not read', () => {
    expect(closing({ weights: undefined, previousWeights: undefined })).toBe(
      'error: fail (no-reply): m\nn',
    )
  })
})

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
      line.startsWith('group') ? line : (/^info: (\w+)/.exec(line)?.[1] ?? line),
    )
  }

  test('holds each phase, and what came of a step stands behind its group', () => {
    expect(
      shape(STARTED, written, attemptStarted, confirmed, { kind: 'journal-removed' }, finished),
    ).toEqual([
      'group: Plan and preflight',
      'VirtualService',
      'group-end: ',
      'group: Write and prove: v1 80%, v2 20%',
      'written',
      'group-end: ',
      'proven',
      'journal',
      'pass',
    ])
  })

  test('names the step of a ramp', () => {
    expect(shape({ ...written, number: 2, of: 3 })[0]).toBe('group: Step 2 of 3: v1 80%, v2 20%')
  })

  test('begins with the first try where nothing is written', () => {
    expect(shape(STARTED, attemptStarted, attemptStarted, confirmed)).toEqual([
      'group: Plan and preflight',
      'VirtualService',
      'group-end: ',
      'group: Prove v1 80%, v2 20%',
      'group-end: ',
      'proven',
    ])
  })

  test('holds the way back, and the proof of it', () => {
    const weights = { v1: 100, v2: 0 }
    const events: RunEvent[] = [
      { kind: 'restoring', weights },
      { kind: 'restored', weights, sinceFirstWriteMs: 1 },
      attemptStarted,
      confirmed,
    ]
    expect(shape(written, ...events)).toEqual([
      'group: Write and prove: v1 80%, v2 20%',
      'written',
      'group-end: ',
      'group: Put back v1 100%, v2 0%',
      'putting',
      'put',
      'group-end: ',
      'proven',
    ])
  })

  test('is closed before the last line, wherever the run ended', () => {
    expect(shape(STARTED, finished).slice(-2)).toEqual(['group-end: ', 'pass'])
  })
})

describe('while connections are made', () => {
  const progress: RunEvent = {
    kind: 'progress',
    check: someCheck(),
    now: someAttempt({ closeness: 0.456 }),
  }
  const again = (number: number): RunEvent => ({
    kind: 'attempt-ended',
    check: someCheck(),
    ended: someAttempt({ number, decision: 'off-target' }),
    again: true,
  })

  /** How many lines each of events makes, at their times. */
  function counts(...timed: [atMs: number, event: RunEvent][]): number[] {
    let now = 0
    const log = startLog(() => now)
    return timed.map(([atMs, event]) => {
      now = atMs
      return log(event).length
    })
  }

  test('a line says how far it is', () => {
    let now = 0
    const log = startLog(() => now)
    now = 2000
    expect(log(progress)).toEqual([
      {
        level: 'info',
        text: '  410 connections, v1 80.75%, v2 19.25%, 10 without a known reply, 46% of the evidence needed',
      },
    ])
  })

  test('it says so where none was answered yet', () => {
    let now = 0
    const log = startLog(() => now)
    now = 2000
    const unanswered = {
      ...progress,
      now: someAttempt({ samples: 0, unclassified: 0, closeness: 0 }),
    }
    expect(log(unanswered).map(({ text }) => text)).toEqual([
      '  0 connections, none of them answered yet, 0% of the evidence needed',
    ])
    now = 4000
    expect(log({ kind: 'preflight-progress', connections: 3 }).map(({ text }) => text)).toEqual([
      'preflight: 3 connections have ended, waiting for the others',
    ])
  })

  test('a terminal shows every state of it on a line that is written over', () => {
    const log = startLog(() => 0, true)
    const some = { ...progress, now: someAttempt({ closeness: 0.456, number: 1, samples: 400 }) }
    expect(log(some)).toEqual([
      {
        level: 'live',
        text: '[#########-----------] 46%  400 connections  v1 82.82% (75.12 to 86), v2 19.74% (14 to 24.88)',
      },
    ])
    expect(log({ kind: 'preflight-progress', connections: 3 })).toEqual([
      { level: 'live', text: 'preflight: 3 connections have ended' },
    ])
    expect(log(again(2))[0]?.text).toMatch(/^\[#{20}\] 100% {2}410 connections, attempt 2 /)
    expect(log({ kind: 'journal-removed' })[0]?.level).toBe('info')
  })

  test('there is one every two seconds at most, counted from the last of any kind', () => {
    expect(
      counts(
        [500, progress],
        [1999, progress],
        [2000, progress],
        [3999, progress],
        [3999, { kind: 'journal-removed' }],
        [5000, progress],
        [5999, progress],
      ),
    ).toEqual([0, 0, 1, 0, 1, 0, 1])
  })

  test('tries that others follow are routine after the first, the last of them is not', () => {
    const last: RunEvent = {
      kind: 'attempt-ended',
      check: someCheck(),
      ended: someAttempt(),
      again: false,
    }
    expect(
      counts([0, again(1)], [100, again(2)], [200, again(3)], [2100, again(4)], [2200, last]),
    ).toEqual([1, 0, 0, 2, 1])
  })

  test('attempts that come too fast for a line each are added up, so that no number is missing', () => {
    let nowMs = 0
    const log = startLog(() => nowMs)
    const at = (ms: number, event: RunEvent) => {
      nowMs = ms
      return log(event).map(({ text }) => text)
    }
    at(0, again(1))
    for (const number of [2, 3, 4]) at(number * 100, again(number))
    expect(at(2400, again(5)).map((text) => text.replace(/: .*/, ''))).toEqual([
      '  attempts 2 to 4',
      '  attempt 5',
    ])
    at(2500, again(6))
    const together = '  attempt 6: 410 connections, v1 80.75%, v2 19.25%, 10 without a known reply'
    expect(at(2600, { kind: 'check-ended', check: someCheck({ ended: undefined }) })[0]).toBe(
      `${together}: not confirmed`,
    )
  })
})
