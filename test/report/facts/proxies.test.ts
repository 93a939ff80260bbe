import { describe, expect, test } from 'vitest'
import {
  oldProxy,
  STALE_PROXIES,
  someDrain,
  someProxies,
  someProxy,
} from '../../../kit/report/proxies.ts'
import { recordOf, someCheck, someDiagnosis, someOutcome } from '../../../kit/report/run.ts'
import { comparisonOf } from '../../../src/report/facts/comparison.ts'
import { drainText } from '../../../src/report/facts/proxies/drain-text.ts'
import { proxiesText, proxyRows } from '../../../src/report/facts/proxies/proxies-view.ts'

describe('proxies', () => {
  test('that need attention come first, then the slowest', () => {
    const seen = someProxies([
      someProxy('n/fast', { propagationMs: 90 }),
      someProxy('n/gone', { state: 'gone' }),
      someProxy('n/slow', { propagationMs: 900 }),
      someProxy('n/closed', { state: 'unreadable', why: 'the tunnel broke' }),
      oldProxy('n/old'),
    ])
    expect(
      proxyRows(someCheck(), seen).map(({ pod, text, isGood }) => [pod, text, isGood]),
    ).toEqual([
      ['n/old', 'still has v1 100%, v2 0%', false],
      ['n/closed', 'cannot be read: the tunnel broke', undefined],
      ['n/slow', 'has these weights', true],
      ['n/fast', 'has these weights', true],
      ['n/gone', 'is gone', undefined],
    ])
  })

  test('are counted in words that fit their number', () => {
    const text = (...pods: string[]) =>
      proxiesText(someCheck(), someProxies(pods.map((pod) => someProxy(pod))))
    expect(text('n/a')).toBe('The only proxy has v1 80%, v2 20%. It took 131 ms.')
    expect(text('n/a', 'n/b')).toMatch(/^Both proxies have v1 80%, v2 20%\. The slowest, n\/a,/)
    expect(text('n/a', 'n/b', 'n/c')).toMatch(/^All 3 proxies have /)
  })

  test('that were not read before the run ended are not said to have anything', () => {
    const seen = someProxies(
      [
        someProxy('n/a'),
        someProxy('n/b', { state: 'unread' }),
        someProxy('n/c', { state: 'unread' }),
      ],
      { status: 'waiting' },
    )
    expect(proxiesText(someCheck(), seen)).toBe(
      '1 of 3 proxies is known to have v1 80%, v2 20%. 2 have not been read.',
    )
    expect(proxyRows(someCheck(), seen)[0]).toMatchObject({
      text: 'has not been read',
      isGood: undefined,
    })
  })

  test('whose counters show the split leave it unknown where one cannot be read', () => {
    const seen = someProxies([], { status: 'guarded', why: 'Pods cannot be listed.' })
    expect(proxiesText(someCheck({ counted: 'users' }), seen)).toBe(
      'Pods cannot be listed. So it is not known whether these weights are in use.',
    )
  })

  test('that cannot be read are counted beside those that are stale', () => {
    const seen = someProxies(
      [someProxy('n/a'), oldProxy('n/b'), someProxy('n/c', { state: 'unreadable' })],
      { status: 'stale' },
    )
    expect(proxiesText(someCheck(), seen)).toBe(
      '1 of 3 proxies does not have v1 80%, v2 20%. 1 cannot be read.',
    )
  })

  test('of weights that were not written have no time', () => {
    const { propagationMs: _, ...found } = someProxy('n/a')
    expect(proxiesText(someCheck(), someProxies([found]))).toBe(
      'The only proxy has v1 80%, v2 20%.',
    )
  })
})

describe('what is in progress for a destination without weight', () => {
  test('is said with what was sent there, and with what is not seen', () => {
    expect(drainText(someDrain(), 99)).toBe(
      'The 2 proxies of this rule have no requests in progress for v1. They sent nothing new to v1 in 2 s. Other rules, other clusters and clients without a proxy are not seen.',
    )
  })

  test('has a bound of its share where there were many others', () => {
    expect(drainText(someDrain({ sent: [0, 808] }), 99)).toContain(
      'None of 808 requests in 2 s went to v1, so its share is below 0.57% at 99% confidence.',
    )
  })

  test('is counted where the time is over', () => {
    const busy = someDrain({
      ended: 'in-progress',
      inProgress: [3, 0],
      sent: [1, 40],
      tookMs: 60_000,
    })
    expect(drainText(busy, 99)).toMatch(
      /^The 2 proxies of this rule have 3 requests in progress for v1 after 60 s\. They sent 1 request to v1 in 60 s\. /,
    )
  })

  test('is not known where a proxy could not be read', () => {
    const unread = someDrain({ ended: 'unknown', proxies: { read: 1, total: 2 } })
    expect(drainText(unread, 99)).toBe(
      'What is in progress for v1 is not known, because 1 of 2 proxies could be read.',
    )
  })

  test('never says that a version can be removed', () => {
    for (const unit of ['connection', 'request'] as const)
      expect(drainText(someDrain({ unit }), 99)).not.toMatch(/safe|remove|delete/)
  })
})

test('a check that a stale proxy ended says nothing of whether shares are within the tolerance', () => {
  const diagnosis = someDiagnosis({ kind: 'stale-proxies' })
  const check = someCheck({ ended: 'not-propagated', proxies: STALE_PROXIES, diagnosis })
  const comparison = comparisonOf(recordOf([]), someOutcome({ checks: [check] }))
  expect(comparison?.destinations.map(({ within }) => within)).toEqual([undefined, undefined])
})
