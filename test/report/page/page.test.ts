import { createHash } from 'node:crypto'
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
import { pageOf } from '../../../src/report/page/page.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const CALL: RunEvent = {
  kind: 'api-call',
  call: { method: 'PATCH', path: '/apis/x?dryRun=All', outcome: 409, startedMs: 5010, tookMs: 19 },
}
const WARNING: RunEvent = {
  kind: 'finding',
  finding: {
    severity: 'warning',
    code: 'ITS-NO-READY-ENDPOINTS',
    reason: 'preflight',
    what: 'odd',
    remedy: 'Do:\n  this',
  },
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

const WRITTEN: Extract<RunEvent, { kind: 'written' }> = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}
const FAIL = { verdict: 'fail', reason: 'off-target' } as const
const RAMP: RunEvent[] = [
  STARTED,
  WRITTEN,
  { kind: 'attempt-ended', check: someCheck(), ended: someAttempt(), again: false },
  { kind: 'check-ended', check: someCheck() },
]

/** Names of the rows' cells before their contents are not what these tests are about. */
function plainCells(html: string): string {
  return html.replace(/<td role="cell" data-head="[^"]*"/g, '<td')
}

describe('the page', () => {
  test('answers first what became of the run, whether production is fine, why and what next', () => {
    const html = page({
      verdict: 'fail',
      reason: 'no-reply',
      message: 'It is off.',
      remedy: 'Run:\n  kubectl get x',
    })
    const main = html.slice(html.indexOf('<h1>'), html.indexOf('<div class="wide"'))
    expect(
      main.trim(),
    ).toBe(`<h1><span class="mark bad">✘</span> demo/tcp-echo: connections get no recognized reply.</h1>
<p class="box warning"><span class="mark warning">!</span> Production now: v1 80%, v2 20%, not confirmed.</p>
<section class="answer"><h2>Why</h2><div><p>It is off.</p></div></section>
<section class="answer"><h2>Next</h2><div><p>Run:</p>
<pre>kubectl get x</pre></div></section>`)
    expect(page({ verdict: 'error', reason: 'locked', code: 'ITS-LOCKED' })).toContain(
      '<h2>More</h2><div><p>ITS-LOCKED: docs/errors.md#its-locked</p></div>',
    )
  })

  test('shows figures, warnings, calls and what the run was', () => {
    const html = plainCells(page())
    for (const shown of [
      '<dt>object</dt><dd>VirtualService demo/tcp-echo</dd>',
      '<dt>server</dt><dd>https://mesh.example:6443</dd>',
      '<dt>now</dt><dd>v1 80%, v2 20%</dd>',
      '<dt>version</dt><dd>1.2.3</dd>',
      '<dt>run</dt><dd><a href="https://ci.example/run/7" rel="noreferrer">https://ci.example/run/7</a></dd>',
      '<dt>verdict</dt><dd>pass (within-tolerance), exit status 0</dd>',
      '<h3>Inputs</h3><dl><dt>subset</dt><dd>v2</dd><dt>weight</dt><dd>20</dd></dl>',
      '<h2>v1 80%, v2 20% <span class="good">✔ confirmed</span></h2>',
      '19% <span class="good">✔</span></td><td>77</td><td>20%</td>',
      '<td>2</td><td>410</td><td>10</td><td>812 ms</td><td>pass</td>',
      '<p>odd</p><p>Do:</p>\n<pre>this</pre>',
      '<td>11:02:00 UTC</td><td>19 ms</td><td>409</td><td class="text path">PATCH /apis/x?dryRun=All</td>',
    ])
      expect(html).toContain(shown)
  })

  test('shows what was restored, and the check of it', () => {
    const html = page({ verdict: 'fail', reason: 'no-reply', rolledBack: true }, [
      STARTED,
      { kind: 'restore-checked', check: someCheck({ target: [1, 0] }) },
    ])
    expect(html).toContain('Previous weights restored.</h1>')
    expect(html).toContain(
      '<h2>Restored: v1 100%, v2 0% <span class="good">✔ confirmed</span></h2>',
    )
  })

  test('draws how the evidence developed, of two destinations that which was to grow', () => {
    const html = page()
    expect(html.match(/aria-label="v[12]: target/g)).toEqual(['aria-label="v2: target'])
    expect(html).toContain(
      'target 20% ± 5; observed 19.25%, interval 12.8 to 27%. Confirmed after 410 connections.',
    )
    expect(html.match(/<polyline class="observed"/g)).toHaveLength(1)
    expect(html.match(/<polygon class="interval"/g)).toHaveLength(1)
    expect(html).toContain('<p class="axis-title">share of connections</p>')
    expect(html).toContain('connections since the check began</p>')
  })

  test('draws every attempt of a check beside the other, and says which are not drawn', () => {
    const attempts = [
      someAttempt({ number: 1, evidence: [] }),
      someAttempt(),
      someAttempt({ number: 3 }),
    ]
    const html = page({ checks: [someCheck({ attempts })] })
    expect(html).toContain('Confirmed after 1,230 connections. 1 earlier attempt is not drawn.')
    expect(html.match(/<polyline class="observed"/g)).toHaveLength(2)
    expect(html.match(/class="border"/g)).toHaveLength(2)
  })

  test('draws an attempt during which the gateway split otherwise in grey, and says so', () => {
    const evidence = [{ atMs: 1, counts: [198, 2], unclassified: 0 }]
    const stale = someAttempt({ number: 1, samples: 200, counts: [198, 2], unclassified: 0 })
    const attempts = [
      { ...stale, evidence: [...evidence, ...evidence] },
      someAttempt({ samples: 400, counts: [320, 80], unclassified: 0 }),
    ]
    const html = page({ checks: [someCheck({ attempts })] })
    expect(html.match(/<polyline class="superseded"/g)).toHaveLength(1)
    expect(html.match(/<polyline class="observed"/g)).toHaveLength(1)
    expect(html).toContain('pass, superseded: the split was different then')
    expect(html).toContain('Confirmed after 400 connections.')
  })

  test('draws each of three destinations', () => {
    const check = someCheck({
      names: ['v1', 'v2', 'v3'],
      target: [0.8, 0.2, 0],
      tolerance: [0.05, 0.05, 0.05],
    })
    expect(page({ checks: [check] }).match(/aria-label="v[123]: target/g)).toHaveLength(3)
  })

  test('draws no share where none was observed', () => {
    const check = someCheck({ attempts: [], ended: undefined })
    expect(page({ checks: [check] })).not.toContain('<svg class="shapes"')
    const nothing = someAttempt({ evidence: [{ atMs: 1, counts: [0, 0], unclassified: 1 }] })
    const html = page({ checks: [someCheck({ attempts: [nothing], ended: undefined })] })
    expect(html).toContain('nothing observed. Cut short after 410 connections.')
    expect(html).not.toContain('<circle class="dot" cx="100%"')
    expect(html).toContain('✘ cut short</span></h2>')
  })

  test('draws when which weights were in force, and what was observed then', () => {
    const html = plainCells(page({}, RAMP))
    expect(html).toContain('aria-label="v2: weight 0%, then 20%"')
    expect(html).toContain('<line class="whisker"')
    expect(html).toContain('<td>written</td><td>v1 80%, v2 20%</td>')
    expect(html).toContain('<td>check</td><td>v1 80%, v2 20%</td><td>✔ confirmed</td>')
    expect(page({}, [STARTED])).not.toContain(': weight')
  })

  test.each([
    ['rollback-failed', undefined, 'restore failed'],
    ['cluster', undefined, 'restore failed'],
    ['changed-by-other', { v1: 33, v2: 67 }, 'restore not made'],
  ] as const)(
    'says of a run that ended with %s what became of its restore',
    (reason, weights, said) => {
      const restoring: RunEvent = { kind: 'restoring', weights: { v1: 100, v2: 0 } }
      const html = plainCells(page({ verdict: 'error', reason, weights }, [...RAMP, restoring]))
      expect(html).toContain(`<td>${said}</td><td>v1 100%, v2 0%</td>`)
      expect(html).not.toContain('<td>restored</td>')
      const done = page({ ...FAIL, rolledBack: true }, [...RAMP, restoring])
      expect(plainCells(done)).toContain('<td>restored</td>')
    },
  )

  test('draws the weight that another client wrote, and what is not known with dots', () => {
    const restoring: RunEvent = { kind: 'restoring', weights: { v1: 100, v2: 0 } }
    const finished: RunEvent = { kind: 'finished', outcome: someOutcome() }
    const events = [...RAMP, restoring, finished]
    const ended = { verdict: 'error', reason: 'changed-by-other' } as const
    const html = page({ ...ended, weights: { v1: 33, v2: 67 } }, events)
    expect(html).toContain('aria-label="v2: weight 0%, then 20%, then 67%, not known in between"')
    expect(html).toContain('weight not known</li>')
    expect(html.match(/<polyline class="asked" points="[^"]*,33"/g)).toHaveLength(1)
    const unknown = page(
      { verdict: 'error', reason: 'rollback-failed', weights: undefined },
      events,
    )
    expect(unknown).toContain('weight not known</li>')
    expect(unknown).toContain('then 20%, not known at the end"')
    expect(page({ ...FAIL, rolledBack: true }, RAMP)).not.toContain('weight not known')
  })

  test('shows how long connections took, by destination and of those without a recognized reply', () => {
    const html = plainCells(page({}, RAMP))
    expect(html).toContain('aria-label="v1: 3 connections, median 3.2 ms, 99% within 5 ms"')
    expect(html).toContain(
      '<td>no recognized reply</td><td>1</td><td>1 s</td><td>1 s</td><td>1 s</td><td>1 s</td><td>1 s</td>',
    )
    expect(page()).not.toContain('Latency')
  })

  test('shows the edit of a plan, each line with its kind, and what each step takes', () => {
    const html = plainCells(
      page({ verdict: 'planned', reason: 'planned', checks: [] }, [
        STARTED,
        { kind: 'planned', plan: somePlan() },
        {
          kind: 'would-change',
          diff: '--- a/<x>\n+++ b/<x>\n@@ -1,2 +1,2 @@\n same\n-weight: 1\n+weight: 2',
          cost: { connectionsMean: 855, connectionsMost: 2400, connectingMs: 1068, pausesMs: 0 },
          confidencePercent: 99,
        },
      ]),
    )
    expect(html).toContain('demo/tcp-echo: v2 would go from 0% to 20%.')
    expect(html).toContain(`<pre><span class="soft">--- a/&#60;x&#62;</span>
<span class="soft">+++ b/&#60;x&#62;</span>
<span class="soft">@@ -1,2 +1,2 @@</span>
 same
<span class="bad">-weight: 1</span>
<span class="good">+weight: 2</span></pre>`)
    expect(html).toContain('Confirming it takes about 855 connections')
    expect(html).toContain('<td>± 5</td><td>855</td><td>1,342</td><td>2,400</td>')
    expect(page()).not.toContain('What it takes')
  })

  test('says of a file what it has, not what is in force', () => {
    const html = page({}, [
      { kind: 'manifest', objectKind: 'VirtualService', path: 'a.yaml', object: 'demo/tcp-echo' },
    ])
    expect(html).toContain('<dt>file</dt><dd>a.yaml</dd>')
    expect(html).toContain('<dt>in the file now</dt><dd>v1 80%, v2 20%</dd>')
  })

  test('lists calls in the order in which they began', () => {
    const call = (path: string, startedMs: number): RunEvent => ({
      kind: 'api-call',
      call: { method: 'GET', path, outcome: 200, startedMs, tookMs: 1 },
    })
    expect(page({}, [call('/late', 5020), call('/early', 5010)])).toMatch(/early[\s\S]*late/)
  })

  test('has a section for each check and none without', () => {
    expect(
      page({ checks: [someCheck(), someCheck()] }).match(/<h2>Step [12]: v1 80%/g),
    ).toHaveLength(2)
    expect(page({ checks: [] })).not.toContain('<h2>v1')
  })

  test('needs nothing from anywhere else, and lets a browser load nothing but its own style', () => {
    const html = page({}, RAMP)
    expect(html).toMatch(/^<!doctype html>\n/)
    expect(html).toContain('<meta charset="utf-8">')
    expect(html).not.toMatch(
      /\b(src|srcset|action|data|poster|style)=|url\(|@import|<(script|link|iframe)/i,
    )
    expect(html.match(/<[^>]*\bhref=/g)).toEqual(['<a href='])
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(html) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}';`)
  })

  test('is of a bounded size, however many samples an attempt has', () => {
    const evidence = Array.from({ length: 200 }, (_, index) => ({
      atMs: index,
      counts: [800 * index, 200 * index],
      unclassified: 0,
    }))
    const attempts = Array.from({ length: 12 }, () => someAttempt({ evidence }))
    expect(page({ checks: [someCheck({ attempts })] }).length).toBeLessThan(250_000)
  })
})

describe('what others wrote', () => {
  test('adds no element and no attribute to the page', () => {
    const others = HOSTILE.join('\n')
    const names = [others, 'v2']
    const hostile = page(
      {
        ...FAIL,
        message: others,
        remedy: others,
        previousWeights: { [others]: 100, v2: 0 },
        checks: [someCheck({ names, attempts: [someAttempt({ examples: { refused: others } })] })],
      },
      [
        {
          kind: 'started',
          server: others,
          context: others,
          objectKind: others,
          object: others,
          workloadsServer: '',
        },
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
        { ...WRITTEN, weights: { [others]: 80, v2: 20 } },
        { kind: 'attempt-ended', check: someCheck({ names }), ended: someAttempt(), again: false },
        { kind: 'check-ended', check: someCheck({ names }) },
        {
          kind: 'api-call',
          call: { method: others, path: others, outcome: others, startedMs: 0, tookMs: 0 },
        },
      ],
    )
    expect(markup(hostile)).toEqual(
      markup(page({ ...FAIL, remedy: 'x\n  y' }, [...RAMP, CALL, WARNING])),
    )
    expect(hostile).not.toContain('<script')
    expect(hostile).not.toMatch(/[^\P{Cc}\n\t]/u)
  })
})
