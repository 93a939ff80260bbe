import { describe, expect, test } from 'vitest'
import {
  HOSTILE,
  recordOf,
  STARTED,
  someAttempt,
  someCheck,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const CALL: RunEvent = {
  kind: 'api-call',
  call: { method: 'GET', path: '/a', outcome: 200, startedMs: 0, tookMs: 1 },
}
const PLANNED: RunEvent = { kind: 'planned', plan: somePlan() }

function summary(
  changes: Partial<Outcome> = {},
  events: readonly RunEvent[] = [STARTED, PLANNED, CALL],
) {
  return summaryOf(recordOf(events), someOutcome(changes))
}

/** The cells of every row of the tables in a summary. */
function rows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(2, -2).split(' | '))
}

const FAIL = { verdict: 'fail', reason: 'off-target' } as const
const WRITTEN: RunEvent = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}
const RESTORED: RunEvent = {
  kind: 'restored',
  weights: { v1: 100 },
  sinceFirstWriteMs: 3800,
  isChecked: true,
}

describe('the summary', () => {
  test('answers first what became of the run, whether production is fine, and why', () => {
    const [head, production, why, next] = summary().split('\n\n')
    expect([head, production, why, next]).toEqual([
      '## ✅ demo/tcp-echo: v2 is at 20% (was 0%).',
      '> ✅ Production now: v1 80%, v2 20%, confirmed (410 connections).',
      '**Why:** Observed v2 at 19% in 410 connections. 20% ± 5 is confirmed at 99% confidence.',
      '**Next:** Nothing to do.',
    ])
  })

  test('of a run that was rolled back says so in the headline, and how long production had other weights', () => {
    const markdown = summary(
      { ...FAIL, message: 'It is off.', remedy: 'Look:\n  kubectl', rolledBack: true },
      [STARTED, PLANNED, WRITTEN, RESTORED, { kind: 'restore-checked', check: someCheck() }],
    )
    const [head, production, why, next, command] = markdown.split('\n\n')
    expect([head, production, why, next, command]).toEqual([
      '## ❌ demo/tcp-echo: v2 did not get 20%. Previous weights restored.',
      '> ✅ Production now: v1 80%, v2 20%, confirmed (410 connections). v2 had 20% on the object for 1 ms, 11:02:00 to 11:02:00 UTC.',
      '**Why:** It is off.',
      '**Next:** Look:',
      '```text\nkubectl\n```',
    ])
  })

  test.each<[Outcome['verdict'], Outcome['reason'], string]>([
    ['planned', 'planned', '📝'],
    ['fail', 'off-target', '❌'],
    ['inconclusive', 'limit-reached', '⚠️'],
    ['error', 'cluster', '⛔'],
    ['in-progress', 'journal', '⏳'],
  ])('has a mark for %s', (verdict, reason, mark) => {
    expect(summary({ verdict, reason })).toMatch(new RegExp(`^## ${mark} demo/tcp-echo: `))
  })

  test('has a row for each destination, and one for what no destination sent', () => {
    expect(rows(summary())).toEqual([
      ['destination', 'before', 'target', 'observed', 'connections', 'now'],
      ['---', '---', '---', '---', '---', '---'],
      ['v1', '100%', '80% ± 5', '████████░░ 81% ✔', '323', '80%'],
      ['v2', '0%', '20% ± 5', '██░░░░░░░░ 19% ✔', '77', '20%'],
      ['no recognized reply', '', '', '', '10', ''],
    ])
  })

  test('marks a share outside of its tolerance', () => {
    const attempts = [someAttempt({ counts: [300, 100], samples: 400, unclassified: 0 })]
    const checks = [someCheck({ attempts, tolerance: [0.06, 0.04], ended: 'off-target' })]
    const cells = rows(summary({ ...FAIL, checks })).map((row) => row[3])
    expect(cells.slice(2)).toEqual(['████████░░ 75% ✔', '███░░░░░░░ 25% ✘'])
  })

  test('leaves cells empty of what is not known', () => {
    const check = someCheck({ attempts: [] })
    const table = rows(summary({ checks: [check], weights: undefined, previousWeights: undefined }))
    expect(table.slice(2)).toEqual([
      ['v1', '', '80% ± 5', '', '0', ''],
      ['v2', '', '20% ± 5', '', '0', ''],
    ])
  })

  test('shows what was asked for where nothing was checked', () => {
    const early = { verdict: 'error', reason: 'cluster', checks: [] } as const
    expect(rows(summary(early)).slice(2)).toEqual([
      ['v1', '100%', '80%', '80%'],
      ['v2', '0%', '20%', '20%'],
    ])
    expect(summary(early, [])).toContain('\n\n**Requested:** subset: v2, weight: 20\n\n')
  })

  test('lists the steps where there were several', () => {
    const first = someCheck({ target: [0.9, 0.1] })
    const second = someCheck({ ended: undefined, propagationMs: undefined, attempts: [] })
    expect(rows(summary({ checks: [first, second] })).slice(4)).toEqual([
      ['step', 'weights', 'ended', 'connections', 'in effect after'],
      ['---', '---', '---', '---', '---'],
      ['1', 'v1 90%, v2 10%', '✔ confirmed', '410', '131 ms'],
      ['2', 'v1 80%, v2 20%', '✘ cut short', '0', ''],
    ])
  })

  test('names the goal of a ramp that ended before its last step', () => {
    const goal = someCheck({ target: [0, 1], attempts: [], ended: undefined })
    const plan = somePlan({ checks: [someCheck(), goal] })
    expect(rows(summary(FAIL, [STARTED, { kind: 'planned', plan }]))[0]).toContain(
      'target, step 1 of 2 to v2 100%',
    )
  })

  test('of a plan shows what it takes', () => {
    const markdown = summary({ verdict: 'planned', reason: 'planned', checks: [] })
    expect(markdown).toContain('Now: v1 100%')
    expect(rows(markdown)).toEqual([
      ['step', 'weights', 'tolerance (points)', 'connections', '90% need at most', 'limit'],
      ['---', '---', '---', '---', '---', '---'],
      ['1', 'v1 80%, v2 20%', '± 5', '855', '1,342', '2,400'],
    ])
  })

  test('shows what to do, and warnings with what to do about them, ready to be pasted', () => {
    const warning: RunEvent = {
      kind: 'finding',
      finding: {
        severity: 'warning',
        code: 'ITS-NO-READY-ENDPOINTS',
        reason: 'preflight',
        what: 'not checked: a | b',
        remedy: 'Grant it:\n  - {verbs: ["list"]}',
      },
    }
    const markdown = summary({ remedy: "Run:\n  kubectl get 'x'" }, [STARTED, warning])
    expect(markdown).toContain("**Next:** Run:\n\n```text\nkubectl get 'x'\n```")
    expect(markdown).toContain(
      '> ⚠️ not checked: a &#124; b\n\nGrant it:\n\n```text\n- {verbs: ["list"]}\n```',
    )
  })

  test('names the code of a problem and the page that explains it', () => {
    expect(summary({ verdict: 'error', reason: 'locked', code: 'ITS-LOCKED' })).toContain(
      '**More:** ITS-LOCKED: `docs/errors.md#its-locked`',
    )
  })

  test('ends with what the run was, a link to it and where the full report is', () => {
    const footer = summary().trimEnd().split('\n').at(-1)
    expect(footer).toBe(
      '<sub>istio-traffic-shift 1.2.3 · rule tcp:31400 · context prod · confidence 99% · 2026-11-26 11:02:00 UTC · [run](https://ci.example/run/7) · full report: report.html and report.json in /tmp/report</sub>',
    )
  })

  test('folds what most readers do not need', () => {
    expect(summary()).toMatch(
      /\n\n<details><summary>Details<\/summary>\n\n[\s\S]+\n\n1 API call and 0 connections in 3 ms\.\n\n<\/details>\n\n<sub>/,
    )
  })

  test('says that the previous weights were restored', () => {
    const markdown = summary({ rolledBack: true, verdict: 'fail', reason: 'no-reply' })
    expect(markdown).toContain(
      '\n\nRestored: v1 100%, v2 0%, because the run ended with fail (no-reply).',
    )
    expect(summary()).not.toContain('Restored')
  })
})

describe('what others wrote', () => {
  const others = HOSTILE.join('\n')
  const names = [others, 'v2']
  const percents = { [others]: 80, v2: 20 }
  const hostile = summary(
    {
      ...FAIL,
      message: others,
      remedy: others,
      previousWeights: percents,
      weights: percents,
      checks: [someCheck({ names }), someCheck({ names, attempts: [someAttempt()] })],
    },
    [
      STARTED,
      PLANNED,
      {
        kind: 'finding',
        finding: {
          severity: 'warning',
          code: 'ITS-NO-READY-ENDPOINTS',
          reason: 'preflight',
          what: others,
          remedy: others,
        },
      },
    ],
  )
  const outside = hostile.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')

  test('is never a command to the runner', () => {
    expect(hostile).not.toMatch(/^\s*::/m)
    expect(hostile).not.toContain('##[')
    expect(hostile).not.toMatch(/[^\P{Cc}\n]/u)
  })

  test('is not markup outside of the blocks that show it as it is', () => {
    const own = outside
      .replace(/<\/?(sub|details|summary)>/g, '')
      .replace(/^> (?=⚠️|✅)/gm, '')
      .replace(/\*\*(Why|Next):\*\*/g, '')
      .replace('[run](https://ci.example/run/7)', '')
    expect(own).not.toMatch(/[<>`*_[\]@$]/)
    expect(own).not.toMatch(/:\/\/|www\./)
    expect(own.match(/^#+ /gm)).toEqual(['## '])
    expect(own).not.toMatch(/^\s*([-+]|\d+[.)]) |^=+$/m)
  })

  test('stays within its cell', () => {
    const widths = new Set(
      outside
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.match(/(?<!\\)\|/g)?.length),
    )
    expect(widths).toEqual(new Set([8, 6]))
  })
})

describe('a summary that would be too long', () => {
  const MIB = 1024 * 1024

  test.each<[string, Partial<Outcome>, RunEvent[]]>([
    ['a message of a megabyte', { message: `deny ${'|'.repeat(MIB)}` }, []],
    ['a message of a hundred thousand lines', { message: '<b>\n'.repeat(100_000) }, []],
    ['an advice of a megabyte', { remedy: `Run ${'x'.repeat(MIB)}` }, []],
    [
      'many long warnings',
      {},
      Array.from({ length: 60 }, () => ({
        kind: 'finding',
        finding: {
          severity: 'warning',
          code: 'ITS-NO-READY-ENDPOINTS',
          reason: 'preflight',
          what: '*'.repeat(5000),
          remedy: 'x',
        },
      })),
    ],
  ])('of %s is cut below 1 MiB, and says so', (_, changes, events) => {
    const markdown = summary({ ...FAIL, ...changes }, [STARTED, ...events])
    expect(Buffer.byteLength(markdown)).toBeLessThan(MIB)
    expect(markdown).toMatch(/^## ❌ demo/)
    expect(markdown).toMatch(/\(cut here\)|The rest is too long to show here\./)
    expect(markdown).toMatch(/<\/sub>\n$/)
  })

  test('keeps the table however long a message is, and however many lines it has', () => {
    expect(rows(summary({ ...FAIL, message: 'x'.repeat(MIB) }))).toHaveLength(5)
    expect(rows(summary({ ...FAIL, message: '<b>\n'.repeat(100_000) }))).toHaveLength(5)
  })
})
