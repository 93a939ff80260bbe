import { describe, expect, test } from 'vitest'
import { pageOf } from '../../src/report/page.ts'
import type { RunEvent } from '../../src/rollout/events.ts'
import type { Outcome } from '../../src/rollout/outcome.ts'
import { HOSTILE, recordOf, STARTED, someCheck, someOutcome, someTry } from './support/run.ts'

const CALL: RunEvent = {
  kind: 'api-call',
  call: { method: 'PATCH', path: '/apis/x?dryRun=All', outcome: 409, startedMs: 5010, tookMs: 19 },
}
const WARNING: RunEvent = {
  kind: 'finding',
  finding: { kind: 'warning', reason: 'preflight', what: 'odd', mend: 'Do this' },
}

function page(
  changes: Partial<Outcome> = {},
  events: RunEvent[] = [STARTED, CALL, WARNING],
): string {
  return pageOf(recordOf(events), someOutcome(changes))
}

/** Names of the elements and attributes of a page. */
function markup(html: string): { elements: Set<string>; attributes: Set<string> } {
  const withoutStyle = html.replace(/<style>[\s\S]*?<\/style>/, '')
  const tags = [...withoutStyle.matchAll(/<([a-z0-9!]+)((?:\s+[^<>]*)?)\/?>/gi)]
  return {
    elements: new Set(tags.map(([, name = '']) => name.toLowerCase())),
    attributes: new Set(
      tags.flatMap(([, , text = '']) =>
        [...text.matchAll(/([a-z-]+)="/gi)].map(([, name = '']) => name),
      ),
    ),
  }
}

describe('the page', () => {
  test('shows verdict, object, figures, warnings and calls', () => {
    const html = page({ mend: 'kubectl get x' })
    for (const shown of [
      '<h1 class="pass">pass: within-tolerance</h1>',
      'demo/tcp-echo · https://mesh.example:6443 · prod',
      '<p>the gateway splits as it was told</p>',
      '<pre>kubectl get x</pre>',
      '<h2>v1 80%, v2 20%: pass</h2>',
      '<td>v2</td><td>20%</td><td>19.25%</td><td>14 to 24.88%</td><td>77</td>',
      '<td>2</td><td>410</td><td>10</td><td>812 ms</td><td>pass</td>',
      '<p>odd</p><pre>Do this</pre>',
      '<td>PATCH /apis/x?dryRun=All</td><td>409</td>',
    ])
      expect(html).toContain(shown)
  })

  test('draws the band, the interval and the observed share of each destination', () => {
    const html = page()
    expect(html.match(/<svg /g)).toHaveLength(2)
    expect(html).toContain('aria-label="v2: asked for 20%, observed 19.25%"')
    expect(html).toContain('<rect x="15" y="2" width="10" height="4"')
    expect(html).toContain('<circle cx="19.25"')
    const edges = page({ checks: [someCheck({ target: [0.97, 0.03] })] })
    expect(edges).toContain('<rect x="92" y="2" width="8" height="4"')
    expect(edges).toContain('<rect x="0" y="2" width="8" height="4"')
  })

  test('draws no share where none was observed', () => {
    const html = page({ checks: [someCheck({ tries: [], ended: undefined })] })
    expect(html).not.toContain('<circle')
    expect(html).toContain('observed nothing')
    expect(html).toContain(': cut short</h2>')
  })

  test('has a section for each check and none without', () => {
    expect(page({ checks: [someCheck(), someCheck()] }).match(/<h2>v1 80%/g)).toHaveLength(2)
    expect(page({ checks: [] })).not.toContain('<svg')
  })

  test('needs nothing from anywhere else', () => {
    const html = page()
    expect(html).toMatch(/^<!doctype html>\n/)
    expect(html).toContain('<meta charset="utf-8">')
    expect(html).not.toMatch(
      /\b(src|href|srcset|action|data|poster)=|url\(|@import|<(script|link|iframe)/i,
    )
  })
})

describe('what others wrote', () => {
  test('adds no element and no attribute to the page', () => {
    const others = HOSTILE.join('\n')
    const names = [others, 'v2']
    const hostile = page(
      {
        message: others,
        mend: others,
        checks: [someCheck({ names, tries: [someTry({ examples: { refused: others } })] })],
      },
      [
        { kind: 'started', server: others, context: others, object: others, workloadsServer: '' },
        {
          kind: 'finding',
          finding: { kind: 'warning', reason: 'preflight', what: others, mend: others },
        },
        {
          kind: 'api-call',
          call: { method: others, path: others, outcome: others, startedMs: 0, tookMs: 0 },
        },
      ],
    )
    expect(markup(hostile)).toEqual(markup(page({ mend: 'x' })))
    expect(hostile).not.toContain('<script')
    expect(hostile).not.toMatch(/[^\P{Cc}\n\t]/u)
  })
})
