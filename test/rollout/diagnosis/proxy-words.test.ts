import { describe, expect, test } from 'vitest'
import { oldProxy, STALE_PROXIES, someProxies, someProxy } from '../../../kit/report/proxies.ts'
import { someCheck } from '../../../kit/report/run.ts'
import { evidenceOf } from '../../../src/rollout/diagnosis/evidence-of.ts'
import { codeOf } from '../../../src/rollout/diagnosis/problem-code.ts'
import { staleProxiesAdvice, staleProxiesText } from '../../../src/rollout/diagnosis/proxy-words.ts'
import { hasNeverSwitched, restoredText } from '../../../src/rollout/diagnosis/restored-text.ts'
import type { ProxiesSeen } from '../../../src/rollout/model/check.ts'
import { diagnose } from '../../../src/split/diagnosis/diagnose.ts'
import { COMMANDS } from './support/commands.ts'

/** A shift from v1 100% to v1 80%, v2 20%. */
function subject(proxies: ProxiesSeen) {
  return {
    names: ['v1', 'v2'],
    target: [0.8, 0.2],
    propagationSeconds: 15,
    proxies,
    commands: COMMANDS,
  }
}

describe('the text about stale proxies', () => {
  test('says how many there are, until when they had time, and what each of them has', () => {
    expect(staleProxiesText(subject(STALE_PROXIES))).toBe(
      '1 of 3 proxies does not have v1 80%, v2 20%, although propagation-timeout (15 s) is over. istio-system/gateway-b still has v1 100%, v2 0%.',
    )
  })

  test('quotes what Envoy says of a configuration that it rejects', () => {
    const why = 'weighted cluster "x" is not valid'
    expect(staleProxiesText(subject(someProxies([oldProxy('n/a', { why })])))).toBe(
      'The only proxy does not have v1 80%, v2 20%, although propagation-timeout (15 s) is over. n/a still has v1 100%, v2 0%, and rejects the new configuration: \'weighted cluster "x" is not valid\'.',
    )
  })

  test('names the oldest first, and counts those that are too many to name', () => {
    const many = [
      someProxy('n/mixed', { state: 'mixed' }),
      someProxy('n/absent', { state: 'absent' }),
      ...['a', 'b', 'c'].map((name) => oldProxy(`n/${name}`)),
      someProxy('n/gone', { state: 'gone' }),
    ]
    const text = staleProxiesText(subject(someProxies(many)))
    expect(text).toMatch(/^None of 5 proxies has /)
    expect(text).toContain(' n/absent does not have the rule.')
    expect(text).toMatch(
      /n\/a .*n\/b .*n\/c .*n\/absent .* 1 more does not have these weights either\. The report names it\./,
    )
  })
})

describe('the advice about stale proxies', () => {
  test('has commands for the first Pod that is behind', () => {
    const advice = staleProxiesAdvice(subject(STALE_PROXIES))
    expect(advice).toContain('\n  STATUS gateway-b.istio-system\n  LOG gateway-b\n')
  })

  test('asks what applies to a Pod whose proxy does not have the rule', () => {
    const absent = someProxies([someProxy('n/a', { state: 'absent' })])
    expect(staleProxiesAdvice(subject(absent))).toMatch(/apply to this Pod.*\n {2}STATUS a\.n$/)
  })
})

describe('a check that a stale proxy ended', () => {
  const check = someCheck({ ended: 'not-propagated', proxies: STALE_PROXIES })

  test('has stale proxies as its cause, whatever its samples show', () => {
    const order = { check, alpha: 0.01, present: [1, 0], before: undefined }
    const diagnosis = diagnose(evidenceOf(order))
    expect(diagnosis).toMatchObject({ cause: { kind: 'stale-proxies' }, others: [] })
    expect(codeOf('not-propagated', diagnosis)).toBe('ITS-PROXY-STALE')
  })

  test('has switched in part, so that its restore does change something', () => {
    expect(hasNeverSwitched(check)).toBe(false)
    expect(hasNeverSwitched({ ...check, proxies: undefined })).toBe(true)
    expect(
      hasNeverSwitched({ ...check, proxies: someProxies([oldProxy('n/a')], { status: 'stale' }) }),
    ).toBe(true)
  })

  test('of restored weights says which proxies do not have them, and what they have', () => {
    const order = { check, alpha: 0.01, present: [1, 0], before: undefined }
    const restored = { ...check, diagnosis: diagnose(evidenceOf(order)) }
    expect(restoredText({ weights: 'v1 100%', isStep: false }, restored, 0.01)).toBe(
      'The previous weights are restored on the object (v1 100%), but 1 of 3 proxies does not have them. istio-system/gateway-b still has v1 100%, v2 0%.',
    )
  })

  test('of restored weights says that a proxy may get the weights of the run late, if it never had them', () => {
    const restored = someCheck({ attempts: [], proxies: someProxies([someProxy('n/a')]) })
    expect(restoredText({ weights: 'v1 100%', isStep: false }, restored, 0.01, check)).toBe(
      "The previous weights are restored (v1 100%), and every proxy of the rule has them. istio-system/gateway-b never used this run's weights, so a late configuration push may still apply them for a moment. Verify the split again when the gateway is in sync.",
    )
  })
})
