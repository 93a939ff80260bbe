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
import { headline } from '../../../src/report/figures.ts'
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

describe('the summary', () => {
  test('begins with the verdict and its reason, then the object, then what happened', () => {
    const [head, object, what] = summary().split('\n\n')
    expect([head, object, what]).toEqual([
      '## ✅ pass: within-tolerance',
      'demo/tcp-echo, entry tcp:31400',
      'the gateway splits as it was told',
    ])
  })

  test.each<[Outcome['verdict'], Outcome['reason'], string]>([
    ['planned', 'planned', '📝'],
    ['fail', 'off-target', '❌'],
    ['inconclusive', 'limit-reached', '⚠️'],
    ['error', 'cluster', '⛔'],
  ])('has a mark for %s', (verdict, reason, mark) => {
    expect(summary({ verdict, reason })).toMatch(
      new RegExp(`^## ${mark} ${headline({ verdict, reason })}\n`),
    )
  })

  test('has a row for each destination, and one for what no destination sent', () => {
    expect(rows(summary())).toEqual([
      ['destination', 'before', 'asked for', 'observed', 'interval', 'connections', 'in force now'],
      ['---', '---', '---', '---', '---', '---', '---'],
      ['v1', '100%', '80% ± 5', '80.75%', '75.12 to 86%', '323', '80%'],
      ['v2', '0%', '20% ± 5', '19.25%', '14 to 24.88%', '77', '20%'],
      ['no known reply', '', '', '', '', '10', ''],
    ])
  })

  test('leaves cells empty of what is not known', () => {
    const check = someCheck({ attempts: [] })
    const table = rows(summary({ checks: [check], weights: undefined, previousWeights: undefined }))
    expect(table.slice(2)).toEqual([
      ['v1', '', '80% ± 5', '', '', '', ''],
      ['v2', '', '20% ± 5', '', '', '', ''],
    ])
  })

  test('lists the steps where there were several', () => {
    const first = someCheck({ target: [0.9, 0.1] })
    const second = someCheck({ ended: undefined, propagationMs: undefined, attempts: [] })
    expect(rows(summary({ checks: [first, second] })).slice(4)).toEqual([
      ['step', 'weights', 'ended', 'connections', 'gateway switched after'],
      ['---', '---', '---', '---', '---'],
      ['1', 'v1 90%, v2 10%', 'pass', '410', '131 ms'],
      ['2', 'v1 80%, v2 20%', 'cut short', '0', ''],
    ])
  })

  test('of a plan shows what it would take', () => {
    const markdown = summary({ verdict: 'planned', reason: 'planned', checks: [] })
    expect(markdown).toContain('Present: v1 100%')
    expect(rows(markdown)).toEqual([
      ['step', 'weights', 'tolerance (points)', 'connections, mean', '90%', 'at most'],
      ['---', '---', '---', '---', '---', '---'],
      ['1', 'v1 80%, v2 20%', '5, 5', '855', '1342', '2400'],
    ])
  })

  test('shows what to do, and warnings with what to do about them, ready to be pasted', () => {
    const warning: RunEvent = {
      kind: 'finding',
      finding: {
        severity: 'warning',
        code: 'ITS-PREFLIGHT',
        reason: 'preflight',
        what: 'not checked: a | b',
        remedy: 'Grant it:\n  - {verbs: ["list"]}',
      },
    }
    const markdown = summary({ remedy: "Run:\n  kubectl get 'x'" }, [STARTED, warning])
    expect(markdown).toContain("Run:\n\n```text\nkubectl get 'x'\n```")
    expect(markdown).toContain(
      '> ⚠️ not checked: a &#124; b\n\nGrant it:\n\n```text\n- {verbs: ["list"]}\n```',
    )
  })

  test('ends with what the figures rest on', () => {
    const facts = summary().trimEnd().split('\n').at(-1)
    expect(facts).toMatch(/^<sub>Confidence 99%: /)
    expect(facts).toContain('The interval is where the true share lies')
    expect(facts).toContain('with a chance of at most 1% each')
    expect(facts).toContain(
      'Each write of new weights closes the connections that were open before',
    )
    expect(facts).toMatch(/1 API calls, 3 ms in all\.<\/sub>$/)
  })

  test('has a picture of the split between the table and what happened', () => {
    expect(summary()).toMatch(
      /\| 10 \| {2}\|\n\n```mermaid\nflowchart LR\n[^`]+\n```\n\nThe gateway switched 131 ms/,
    )
    expect(summary({ checks: [] })).not.toContain('mermaid')
  })

  test('says that the old weights were put back', () => {
    const markdown = summary({ rolledBack: true, verdict: 'fail', reason: 'no-reply' })
    expect(markdown).toContain(
      '\n\nRestored: v1 100%, v2 0%, because the run ended with fail (no-reply).',
    )
    expect(summary()).not.toContain('Put back')
  })
})

describe('what others wrote', () => {
  const others = HOSTILE.join('\n')
  const names = [others, 'v2']
  const percents = { [others]: 80, v2: 20 }
  const hostile = summary(
    {
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
          code: 'ITS-PREFLIGHT',
          reason: 'preflight',
          what: others,
          remedy: others,
        },
      },
    ],
  )
  const outside = hostile.replace(/^(`{3,})(?:text|mermaid)\n[\s\S]*?\n\1$/gm, '')

  test('is never a command to the runner', () => {
    expect(hostile).not.toMatch(/^\s*::/m)
    expect(hostile).not.toContain('##[')
    expect(hostile).not.toMatch(/[^\P{Cc}\n]/u)
  })

  test('is no markup outside of the blocks that show it as it is', () => {
    const own = outside.replace(/<\/?sub>/g, '').replace(/^> ⚠️/gm, '')
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
    expect(widths).toEqual(new Set([9, 6]))
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
          code: 'ITS-PREFLIGHT',
          reason: 'preflight',
          what: '*'.repeat(5000),
          remedy: 'x',
        },
      })),
    ],
  ])('of %s is cut below 1 MiB, and says so', (_, changes, events) => {
    const markdown = summary(changes, [STARTED, ...events])
    expect(Buffer.byteLength(markdown)).toBeLessThan(MIB)
    expect(markdown).toMatch(/^## ✅ pass/)
    expect(markdown).toMatch(/\(cut here\)|The rest is too long to be shown here\./)
    expect(markdown).toMatch(/in all\.<\/sub>\n$/)
  })

  test('keeps the table however long a message is, and however many lines it has', () => {
    expect(rows(summary({ message: 'x'.repeat(MIB) }))).toHaveLength(5)
    expect(rows(summary({ message: '<b>\n'.repeat(100_000) }))).toHaveLength(5)
  })
})
