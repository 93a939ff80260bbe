import { describe, expect, test } from 'vitest'
import {
  oldProxy,
  STALE_PROXIES,
  someDrain,
  someProxies,
  someProxy,
} from '../../../kit/report/proxies.ts'
import {
  recordOf,
  STARTED,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { pageOf } from '../../../src/report/page/page.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { ProxiesSeen } from '../../../src/rollout/model/check.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const RECORD = recordOf([STARTED, { kind: 'planned', plan: somePlan() }])

function passed(proxies: ProxiesSeen, changes: Partial<Outcome> = {}): Outcome {
  return someOutcome({ checks: [someCheck({ proxies })], ...changes })
}

/** A run that a stale proxy ended. */
function failed(proxies: ProxiesSeen): Outcome {
  const check = someCheck({
    ended: 'not-propagated',
    proxies,
    diagnosis: someDiagnosis({ kind: 'stale-proxies' }),
  })
  return someOutcome({
    verdict: 'fail',
    reason: 'not-propagated',
    rolledBack: true,
    checks: [check],
  })
}

/** So many proxies, each 10 ms slower than the one before. */
function proxiesOf(count: number): ProxiesSeen {
  return someProxies(
    Array.from({ length: count }, (_, index) =>
      someProxy(`n/p${index}`, { propagationMs: 100 + 10 * index }),
    ),
  )
}

const CONFIRMED = 'All 3 proxies have v1 80%, v2 20%. The slowest, n/p2, took 120 ms.'

describe('the page', () => {
  test('shows when the proxies took the weights, and each of them, the slowest first', () => {
    const html = pageOf(RECORD, passed(proxiesOf(3)))
    expect(html).toContain(
      'aria-label="3 of 3 proxies have the weights, the last of them after 120 ms"',
    )
    expect(html).toContain(CONFIRMED)
    expect([...html.matchAll(/n\/p\d<\/td>/g)].map(([text]) => text)).toEqual([
      'n/p2</td>',
      'n/p1</td>',
      'n/p0</td>',
    ])
    expect(html).toContain('Found: the Pods that Gateway demo/web selects.')
  })

  test('has a stale proxy first, with what it still has', () => {
    const html = pageOf(RECORD, failed(STALE_PROXIES))
    const at = (text: string) => html.indexOf(text)
    expect(at('✘</span> still has v1 100%, v2 0%')).toBeGreaterThan(0)
    expect(at('gateway-b')).toBeLessThan(at('gateway-c'))
  })

  test('folds what a reader seldom needs of 60 proxies, and needs no picture of one', () => {
    const many = pageOf(RECORD, passed(proxiesOf(60)))
    expect(many).toContain('<summary>48 more</summary>')
    expect(pageOf(RECORD, passed(proxiesOf(1)))).not.toContain('proxies with the weights')
  })

  test('has a sentence alone for a step that is over', () => {
    const first = someCheck({ proxies: proxiesOf(3) })
    const html = pageOf(RECORD, someOutcome({ checks: [first, someCheck()] }))
    expect(html).toContain(CONFIRMED)
    expect(html).not.toContain('<h3>Proxies</h3>')
  })
})

describe('the summary', () => {
  test('says of a pass whether every proxy has the weights, and has each in its details', () => {
    const [answer = '', details = ''] = summaryOf(RECORD, passed(proxiesOf(3))).split('<details>')
    expect(answer).toContain(CONFIRMED)
    expect(answer).not.toContain('| proxy |')
    expect(details).toContain('| n/p2 | ✔ has these weights | 120 ms |')
  })

  test('has the stale proxies, and no others, in its answer', () => {
    const [answer = '', details = ''] = summaryOf(RECORD, failed(STALE_PROXIES)).split('<details>')
    expect(answer).toContain('| istio-system/gateway-b | ✘ still has v1 100%, v2 0% |  |')
    expect(answer).not.toContain('gateway-c |')
    expect(details).toContain('gateway-c |')
  })

  test('has no more than 20 proxies', () => {
    const seen = someProxies(
      Array.from({ length: 60 }, (_, index) => oldProxy(`n/p${index}`)),
      { status: 'stale' },
    )
    const [answer = ''] = summaryOf(RECORD, failed(seen)).split('<details>')
    expect(answer.match(/still has/g)).toHaveLength(20)
    expect(answer).toContain('| 40 more |')
  })

  test('says why the proxies are no evidence in its details alone', () => {
    const guarded = someProxies([], { status: 'guarded', why: 'Pods cannot be listed.' })
    const [answer = '', details = ''] = summaryOf(RECORD, passed(guarded)).split('<details>')
    expect(answer).not.toContain('Pods cannot be listed')
    expect(details).toContain(
      'Proxies: Pods cannot be listed. So samples alone show whether these weights are in use.',
    )
  })

  test('says what is in progress for a destination without weight', () => {
    const summary = summaryOf(RECORD, passed(proxiesOf(2), { drain: someDrain() }))
    expect(summary).toContain(
      'The 2 proxies of this rule have no requests in progress for v1. They sent nothing new to v1 in 2 s.',
    )
  })
})
