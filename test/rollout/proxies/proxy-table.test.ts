import { describe, expect, test } from 'vitest'
import type { ProxyPod } from '../../../src/gateways/proxies/found-proxies.ts'
import type { HeldRule } from '../../../src/gateways/proxies/held-rule.ts'
import { startProxyTable, type TableRules } from '../../../src/rollout/proxies/proxy-table.ts'

function pod(name: string): ProxyPod {
  return {
    namespace: 'istio-system',
    name,
    uid: name,
    role: 'gateway',
    isReady: true,
    isTerminating: false,
  }
}

function held(...shares: number[]): Extract<HeldRule, { kind: 'held' }> {
  const headers = shares.map(() => ({}))
  return { kind: 'held', shares, headers, updated: undefined, dependent: undefined, retries: false }
}

const OLD = held(0.15, 0.85)
const NEW = held(0.05, 0.95)
const ABSENT: HeldRule = { kind: 'absent' }

/** Proxies of a rule that goes to 5/95, written at 1000 and due at 5000. */
function tableOf(pods: readonly string[], changes: Partial<TableRules> = {}) {
  const table = startProxyTable({
    wanted: { shares: [0.05, 0.95], stamps: undefined },
    startMs: 1000,
    isWritten: true,
    dueMs: 5000,
    everHeld: new Set(pods),
    ...changes,
  })
  table.setPods(pods.map(pod), 1000)
  return table
}

describe('the proxies of a rule', () => {
  test('are confirmed once all of them have the new weights, each dated by when it was first seen so', () => {
    const table = tableOf(['one', 'two'])
    table.note('one', OLD, 1020)
    expect(table.standing(1020)).toEqual({ status: 'waiting' })
    table.note('one', NEW, 1105)
    table.note('two', OLD, 1105)
    expect(table.standing(1105)).toEqual({ status: 'waiting' })
    table.note('two', NEW, 1330)
    table.note('two', NEW, 1400)
    expect(table.standing(1400)).toEqual({ status: 'confirmed' })
    expect(table.proxies()).toMatchObject([
      { pod: 'istio-system/one', role: 'gateway', state: 'confirmed', propagationMs: 105 },
      { pod: 'istio-system/two', role: 'gateway', state: 'confirmed', propagationMs: 330 },
    ])
  })

  test('are stale where one of them still has the former weights when it must have the new ones', () => {
    const table = tableOf(['one', 'two'])
    table.note('one', NEW, 1100)
    table.note('two', OLD, 4990)
    expect(table.standing(4999)).toEqual({ status: 'waiting' })
    expect(table.standing(5000)).toEqual({ status: 'stale' })
    expect(table.proxies()[1]).toMatchObject({ state: 'old', shares: [0.15, 0.85] })
  })

  test('are not said to have anything before they are read, nor to be stale where the time for that is over', () => {
    const table = tableOf(['one', 'two'])
    table.note('one', NEW, 1100)
    expect(table.proxies().map(({ state }) => state)).toEqual(['confirmed', 'unread'])
    expect(table.standing(1100)).toEqual({ status: 'waiting' })
    expect(table.standing(5000)).toEqual({
      status: 'guarded',
      why: 'istio-system/two cannot be read: no answer.',
    })
  })

  test('have the words of Envoy on new weights that one rejects', () => {
    const table = tableOf(['one'])
    table.note('one', { ...held(0.15, 0.85), rejects: 'no such cluster' }, 1100)
    expect(table.proxies()[0]).toMatchObject({ state: 'old', why: 'no such cluster' })
    table.note('one', NEW, 1200)
    expect(table.proxies()[0]).not.toHaveProperty('why')
  })

  test('are stale where one has lost the rule, or has it in parts only', () => {
    for (const last of [ABSENT, { kind: 'mixed', shares: [] } as const]) {
      const table = tableOf(['one'])
      table.note('one', OLD, 1010)
      table.note('one', last, 5000)
      expect(table.standing(5000)).toEqual({ status: 'stale' })
      expect(table.proxies()[0]?.state).toBe(last.kind)
    }
  })

  test('do not show the new weights where one cannot be read, but those that can be read are waited for', () => {
    const table = tableOf(['one', 'two'])
    table.cannotRead('one', 'the Pod refused the connection')
    table.note('two', OLD, 1010)
    expect(table.standing(1010)).toEqual({ status: 'waiting' })
    table.note('two', NEW, 1100)
    const why = 'istio-system/one cannot be read: the Pod refused the connection.'
    expect(table.standing(1100)).toEqual({ status: 'guarded', why })
  })

  test('do not fail a run where one never had the rule', () => {
    const table = tableOf(['one', 'two'], { everHeld: new Set(['one']) })
    table.note('one', NEW, 1100)
    table.note('two', ABSENT, 1100)
    const why = 'The rule is not found in istio-system/two.'
    expect(table.standing(1100)).toEqual({ status: 'guarded', why })
  })

  test('are waited for where a new Pod does not have the rule yet', () => {
    const table = tableOf(['one'])
    table.note('one', NEW, 1100)
    table.setPods(['one', 'new'].map(pod), 1200)
    expect(table.standing(1200)).toEqual({ status: 'waiting' })
    table.note('new', ABSENT, 1300)
    expect(table.standing(1300)).toEqual({ status: 'waiting' })
    table.note('new', NEW, 1500)
    expect(table.standing(1500)).toEqual({ status: 'confirmed' })
  })

  test('that are gone are not waited for, and stay in the list', () => {
    const table = tableOf(['one', 'two'])
    table.note('one', NEW, 1100)
    table.note('two', OLD, 1100)
    table.setPods([pod('one')], 1200)
    expect(table.standing(1200)).toEqual({ status: 'confirmed' })
    expect(table.proxies()[1]).toMatchObject({ state: 'gone' })
  })

  test('that do not answer do not hold up a run, and more than three are counted', () => {
    const table = tableOf(['a', 'b', 'c', 'd', 'e'])
    expect(table.standing(4000)).toEqual({ status: 'waiting' })
    const names = 'istio-system/a, istio-system/b, istio-system/c, 2 more'
    const why = `${names} cannot be read: no answer.`
    expect(table.standing(4001)).toEqual({ status: 'guarded', why })
  })

  test('show nothing where there are none', () => {
    const why = 'No Pod with a proxy is found.'
    expect(tableOf([]).standing(1000)).toEqual({ status: 'guarded', why })
  })

  test('that are only read are not dated', () => {
    const table = tableOf(['one'], { isWritten: false })
    table.note('one', NEW, 1100)
    expect(table.proxies()[0]).not.toHaveProperty('propagationMs')
  })
})

describe('stamps of the write', () => {
  const stamps = { header: 'x-istio-traffic-shift', values: ['aa', 'bb'] }
  const wanted = { shares: [0.5, 0.5], stamps }

  function stamped(first: string | undefined, second: string | undefined): HeldRule {
    const header = (value: string | undefined) =>
      value === undefined ? {} : { 'x-istio-traffic-shift': value }
    return { ...held(0.5, 0.5), headers: [header(first), header(second)] } as HeldRule
  }

  test('tell a proxy that has the same weights from before', () => {
    const table = tableOf(['one'], { wanted })
    for (const former of [stamped('a0', 'b0'), stamped(undefined, undefined)]) {
      table.note('one', former, 1100)
      expect(table.proxies()[0]?.state).toBe('old')
    }
    table.note('one', stamped('aa', 'bb'), 1100)
    expect(table.proxies()[0]?.state).toBe('confirmed')
  })

  test('are not asked of a destination that has all of the weight, which proxies name without a header', () => {
    const table = tableOf(['one'], { wanted: { shares: [0, 1], stamps } })
    table.note('one', held(0, 1), 1100)
    expect(table.proxies()[0]?.state).toBe('confirmed')
  })
})
