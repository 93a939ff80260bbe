import { describe, expect, test } from 'vitest'
import { feed, singleSample, someRules, WRITTEN_MS } from '../../../kit/split/check-machine.ts'
import { checkMachine } from '../../../src/split/check/check-machine.ts'
import type { Decision, JudgeKind } from '../../../src/split/judge/judge.ts'
import { JUDGES, missingDetails } from '../../../src/split/judges.ts'

const VERIFY = someRules({ writtenMs: undefined, old: undefined })

describe('a check machine without a write', () => {
  test('begins its only attempt at once, and passes on target', () => {
    const machine = checkMachine(VERIFY)
    expect(machine.next(0)).toEqual({ kind: 'attempt', number: 1, place: 'only' })
    const fed = feed(machine, [0.2, 0.8])
    expect(machine.attempt()).toMatchObject({ samples: fed, decision: 'pass', closeness: 1 })
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'pass' })
  })

  test('ends off target where the shares are others', () => {
    const machine = checkMachine(VERIFY)
    machine.next(0)
    feed(machine, [0.5, 0.5])
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'off-target' })
  })

  test('ends at its limit where that many samples do not decide', () => {
    const machine = checkMachine({ ...VERIFY, samples: 40 })
    machine.next(0)
    expect(machine.most()).toBe(40)
    expect(feed(machine, [0.2, 0.8])).toBe(40)
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'limit-reached' })
  })

  test('has no end where it is stopped before a decision', () => {
    const machine = checkMachine(VERIFY)
    machine.next(0)
    machine.observe(singleSample(0))
    machine.stop()
    expect(machine.next(0)).toEqual({ kind: 'end', ended: undefined })
  })

  test('keeps its decision where it is stopped after it', () => {
    const machine = checkMachine(VERIFY)
    machine.next(0)
    feed(machine, [0.2, 0.8])
    machine.stop()
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'pass' })
  })
})

describe('a check machine after a write', () => {
  test('waits for the switch, which samples bring nearer, and then begins the first attempt', () => {
    const machine = checkMachine(someRules())
    expect(machine.next(WRITTEN_MS)).toEqual({
      kind: 'await-switch',
      untilMs: WRITTEN_MS + 1000,
      samplesPerSecond: 1000,
    })
    let changes = 0
    for (let ms = WRITTEN_MS; ms < WRITTEN_MS + 200; ms += 1)
      if (machine.observe(singleSample(ms < WRITTEN_MS + 100 ? 0 : 1, ms))) changes += 1
    expect(changes).toBeGreaterThan(0)
    expect(machine.next(WRITTEN_MS + 201)).toEqual({ kind: 'attempt', number: 1, place: 'early' })
    expect(machine.switchedMs()).toBeCloseTo(WRITTEN_MS + 99.5)
  })

  test('waits 100, 200, 400 ms and then a second between attempts that the previous weights fail', () => {
    const machine = checkMachine(someRules({ propagationTimeoutMs: 15_000 }))
    let nowMs = WRITTEN_MS + 1000
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(machine.next(nowMs)).toEqual({ kind: 'attempt', number: attempt, place: 'early' })
      feed(machine, [0.8, 0.2])
      const step = machine.next(nowMs)
      if (step.kind !== 'wait') throw new Error(step.kind)
      pauses.push(step.untilMs - nowMs)
      expect(machine.next(nowMs)).toEqual(step)
      nowMs = step.untilMs
    }
    expect(pauses).toEqual([100, 200, 400, 1000, 1000])
  })

  test('fails by shares only in an attempt that began after the propagation timeout', () => {
    const machine = checkMachine(someRules())
    let nowMs = WRITTEN_MS + 1000
    const places: string[] = []
    for (;;) {
      const step = machine.next(nowMs)
      if (step.kind === 'end') {
        expect(step.ended).toBe('off-target')
        break
      }
      if (step.kind === 'wait') nowMs = step.untilMs
      if (step.kind === 'attempt') {
        places.push(step.place)
        feed(machine, [0.8, 0.2])
      }
    }
    expect(places.at(-1)).toBe('last')
    expect(places.slice(0, -1).every((place) => place === 'early')).toBe(true)
    expect(nowMs).toBeGreaterThanOrEqual(WRITTEN_MS + 2000)
  })
})

describe('judges', () => {
  /** A judge that decides after so many samples. */
  function decidesAfter(count: number, decision: Decision): JudgeKind {
    return {
      question: 'Were there enough samples?',
      needs: new Set(['latency']),
      start() {
        let seen = 0
        const decided = () => (seen >= count ? decision : undefined)
        return {
          observe() {
            seen += 1
            return decided()
          },
          state: () => ({
            decision: decided(),
            closeness: Math.min(1, seen / count),
            heldBackBy: undefined,
          }),
        }
      },
    }
  }

  test('that are added to the list have to pass too', () => {
    const machine = checkMachine(VERIFY, [...JUDGES, decidesAfter(3000, 'pass')])
    machine.next(0)
    expect(feed(machine, [0.2, 0.8])).toBe(3000)
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'pass' })
  })

  test('fail the attempt as soon as one of them fails', () => {
    const machine = checkMachine(VERIFY, [...JUDGES, decidesAfter(10, 'no-reply')])
    machine.next(0)
    expect(feed(machine, [0.2, 0.8])).toBe(10)
    expect(machine.next(0)).toEqual({ kind: 'end', ended: 'no-reply' })
  })

  test('say what samples have to show for them', () => {
    const judges = [...JUDGES, decidesAfter(1, 'pass')]
    expect(missingDetails(judges, new Set(['order', 'latency']))).toEqual([])
    expect(missingDetails(judges, new Set(['order', 'errors']))).toEqual(['latency'])
  })
})
