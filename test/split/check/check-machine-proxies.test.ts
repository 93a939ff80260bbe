import { describe, expect, test } from 'vitest'
import { feed, singleSample, someRules, WRITTEN_MS } from '../../../kit/split/check-machine.ts'
import { type CheckMachine, checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../../src/split/check/check-rules.ts'

/** 5/95 after 15/85, with proxies that are read. */
function rules(changes: Partial<CheckRules> = {}): CheckRules {
  const shares = { target: [0.05, 0.95], old: [0.15, 0.85] }
  return someRules({ ...shares, readsProxies: true, ...changes })
}

/** A machine whose attempt with confirmed proxies has passed, and has to be confirmed by reading them again. */
function passed(changes: Partial<CheckRules> = {}): CheckMachine {
  const machine = checkMachine(rules(changes))
  machine.next(WRITTEN_MS)
  machine.proxies({ kind: 'confirmed', fromMs: WRITTEN_MS })
  machine.next(WRITTEN_MS)
  feed(machine, [0.05, 0.95], WRITTEN_MS)
  return machine
}

describe('a check whose proxies are read', () => {
  test('takes few samples and begins no attempt while a proxy is behind, whatever samples show', () => {
    const machine = checkMachine(rules())
    const waiting = { kind: 'await-switch', untilMs: Number.POSITIVE_INFINITY }
    expect(machine.next(WRITTEN_MS)).toEqual({ ...waiting, samplesPerSecond: 100 })
    for (let i = 0; i < 300; i++) machine.observe(singleSample(1, WRITTEN_MS + i))
    expect(machine.next(WRITTEN_MS + 60_000)).toMatchObject(waiting)
  })

  test('begins one attempt with nearly all of the error as soon as draws follow confirmed proxies', () => {
    const machine = checkMachine(rules())
    machine.next(WRITTEN_MS)
    machine.proxies({ kind: 'confirmed', fromMs: WRITTEN_MS + 150 })
    expect(machine.next(WRITTEN_MS + 100)).toEqual({ kind: 'wait', untilMs: WRITTEN_MS + 150 })
    const attempt = { kind: 'attempt', number: 1, place: 'only', part: 'confirmed' }
    expect(machine.next(WRITTEN_MS + 150)).toEqual(attempt)
  })

  test('passes once the same proxies are found again after the deciding sample', () => {
    const machine = passed()
    expect(machine.next(WRITTEN_MS)).toEqual({ kind: 'read-proxies' })
    machine.proxiesAgain(true)
    expect(machine.next(WRITTEN_MS)).toEqual({ kind: 'end', ended: 'pass' })
  })

  test('does not count a pass during which Pods changed, and goes on with guarded attempts', () => {
    const machine = passed()
    machine.next(WRITTEN_MS)
    machine.proxiesAgain(false)
    expect(machine.next(WRITTEN_MS + 10)).toEqual({ kind: 'wait', untilMs: WRITTEN_MS + 110 })
    const attempt = { kind: 'attempt', number: 2, place: 'early', part: 'reserve' }
    expect(machine.next(WRITTEN_MS + 110)).toEqual(attempt)
    feed(machine, [0.05, 0.95], WRITTEN_MS + 110)
    expect(machine.next(WRITTEN_MS + 500)).toEqual({ kind: 'end', ended: 'pass' })
  })

  test('fails at once where draws of confirmed proxies are off target', () => {
    const machine = checkMachine(rules())
    machine.proxies({ kind: 'confirmed', fromMs: WRITTEN_MS })
    machine.next(WRITTEN_MS)
    feed(machine, [0.5, 0.5], WRITTEN_MS)
    expect(machine.next(WRITTEN_MS)).toEqual({ kind: 'end', ended: 'off-target' })
  })

  test('does not end by a reply of a former configuration, which no proxy that was read has sent', () => {
    const machine = checkMachine(rules({ showsPrevious: true }))
    machine.proxies({ kind: 'confirmed', fromMs: WRITTEN_MS })
    machine.next(WRITTEN_MS)
    expect(machine.observe({ ...singleSample(0, WRITTEN_MS), previous: true })).toBe(true)
    expect(machine.next(WRITTEN_MS)).toMatchObject({ kind: 'await-switch' })
    const again = { kind: 'attempt', number: 2, part: 'reserve', place: 'last' }
    expect(machine.next(WRITTEN_MS + 2000)).toEqual(again)
  })

  test('ends as not propagated where a proxy is stale', () => {
    const machine = checkMachine(rules())
    machine.next(WRITTEN_MS)
    machine.proxies({ kind: 'stale' })
    expect(machine.next(WRITTEN_MS + 4000)).toEqual({ kind: 'end', ended: 'not-propagated' })
  })

  test('is as without proxies where they cannot all be read', () => {
    const machine = checkMachine(rules())
    machine.next(WRITTEN_MS)
    machine.proxies({ kind: 'guarded' })
    const attempt = { kind: 'attempt', number: 1, place: 'early' }
    expect(machine.next(WRITTEN_MS + 1000)).toEqual(attempt)
  })

  test('has no other attempt with most of the error where proxies are confirmed later', () => {
    const machine = checkMachine(rules())
    machine.proxies({ kind: 'guarded' })
    machine.next(WRITTEN_MS + 1000)
    feed(machine, [0.5, 0.5], WRITTEN_MS + 1000)
    machine.proxies({ kind: 'confirmed', fromMs: WRITTEN_MS + 1100 })
    expect(machine.next(WRITTEN_MS + 1100)).toMatchObject({ kind: 'wait' })
    const attempt = { kind: 'attempt', number: 2, place: 'early' }
    expect(machine.next(WRITTEN_MS + 1200)).toEqual(attempt)
  })

  test('takes no sample before its attempt where nothing was written', () => {
    const machine = checkMachine(rules({ writtenMs: undefined, old: undefined }))
    expect(machine.next(0)).toMatchObject({ kind: 'await-switch', samplesPerSecond: 0 })
    machine.proxies({ kind: 'confirmed', fromMs: 0 })
    expect(machine.next(10)).toMatchObject({ kind: 'attempt', place: 'only', part: 'confirmed' })
  })
})
