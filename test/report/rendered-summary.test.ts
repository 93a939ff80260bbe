import { marked, type Token } from 'marked'
import { describe, expect, test } from 'vitest'
import {
  HOSTILE,
  recordOf,
  STARTED,
  someCheck,
  someOutcome,
  somePlan,
} from '../../kit/report/run.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'

/** Kinds of everything that a reader of Markdown sees in a summary, pictures and links included. */
function kinds(markdown: string): Set<string> {
  const found = new Set<string>()
  marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token: Token) => {
    found.add(token.type === 'html' ? token.raw.trim() : token.type)
  })
  return found
}

function summary(text: string, name: string): string {
  const names = [name, 'v2']
  const percents = { [name]: 80, v2: 20 }
  const events: RunEvent[] = [
    STARTED,
    { kind: 'planned', plan: somePlan({ added: name }) },
    { kind: 'written', weights: percents, number: 1, of: 1, tookMs: 1 },
    {
      kind: 'finding',
      finding: {
        severity: 'warning',
        code: 'ITS-PREFLIGHT',
        reason: 'preflight',
        what: text,
        remedy: text,
      },
    },
  ]
  return summaryOf(
    recordOf(events),
    someOutcome({
      verdict: 'fail',
      reason: 'off-target',
      rolledBack: true,
      message: text,
      remedy: text,
      previousWeights: percents,
      weights: percents,
      checks: [someCheck({ names }), someCheck({ names })],
    }),
  )
}

describe('a summary, read as Markdown', () => {
  const plain = kinds(summary('a text\n  to paste', 'v1'))

  test('is headings, tables, paragraphs, blocks and small print', () => {
    expect([...plain].sort()).toEqual(
      [
        '</sub>',
        '<sub>',
        'blockquote',
        'code',
        'heading',
        'paragraph',
        'space',
        'table',
        'text',
      ].sort(),
    )
  })

  test.each(HOSTILE)('is made of the same where others wrote %j', (text) => {
    const seen = kinds(summary(text, text))
    seen.delete('escape')
    for (const kind of seen) expect([...plain]).toContain(kind)
  })

  test('has its picture as a block in the language of which GitHub draws pictures', () => {
    const blocks = marked
      .lexer(summary('x\n  y', 'v1'), { gfm: true })
      .flatMap((token) => (token.type === 'code' ? [token.lang] : []))
    expect(blocks).toEqual(['text', 'mermaid', 'text'])
  })
})
