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
        code: 'ITS-NO-READY-ENDPOINTS',
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

  test('is headings, tables, paragraphs, blocks, small print, folded details and a link to the run', () => {
    expect([...plain].sort()).toEqual(
      [
        '</details>',
        '</sub>',
        '<details><summary>Details</summary>',
        '<sub>',
        'blockquote',
        'code',
        'heading',
        'link',
        'paragraph',
        'space',
        'strong',
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

  test('has blocks of plain text alone, so that it reads the same everywhere, in an e-mail too', () => {
    const blocks = marked
      .lexer(summary('x\n  y', 'v1'), { gfm: true })
      .flatMap((token) => (token.type === 'code' ? [token.lang] : []))
    expect(blocks).toEqual(['text', 'text'])
  })

  test('has one link, to the run', () => {
    const links: string[] = []
    marked.walkTokens(marked.lexer(summary('http://evil.example', 'www.evil.example')), (token) => {
      if (token.type === 'link') links.push(token.href)
    })
    expect(links).toEqual(['https://ci.example/run/7'])
  })
})
