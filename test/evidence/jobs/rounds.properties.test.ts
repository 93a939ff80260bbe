import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PodLaunch, startRounds } from '../../../src/evidence/jobs/merging/rounds.ts'

/** What each Pod launched, and how each of that ended: one of three outcomes. */
type Launched = { launchedMs: number; outcome: number }

const pod = fc
  .array(fc.record({ launchedMs: fc.integer({ min: 0, max: 500 }), outcome: fc.nat(2) }), {
    maxLength: 30,
  })
  .map((some) => some.toSorted((a, b) => a.launchedMs - b.launchedMs))
const pods = fc.array(pod, { minLength: 1, maxLength: 5 })
/** Which Pod reports next, what of it, and how much. */
const reports = fc.array(
  fc.record({ pod: fc.nat(4), launches: fc.nat(4), results: fc.nat(6), isKnown: fc.boolean() }),
  { maxLength: 80 },
)

type Report = { pod: number; launches: number; results: number; isKnown: boolean }

/** Reports everything in this order, then the rest. Returns the places of launches as text, and the launches. */
function judged(all: readonly (readonly Launched[])[], order: readonly Report[]) {
  const placed: PodLaunch[] = []
  const rounds = startRounds(all.length, (launch) => placed.push(launch))
  const said = all.map(() => ({ launches: 0, results: 0 }))
  const report = ({ pod: index, launches, results, isKnown }: Report) => {
    const [own = [], state] = [all[index], said[index]]
    if (state === undefined) return
    for (const { launchedMs } of own.slice(state.launches, state.launches + launches))
      rounds.launched(index, launchedMs)
    state.launches = Math.min(own.length, state.launches + launches)
    const ended = Math.min(state.launches, state.results + results)
    for (const { outcome } of own.slice(state.results, ended))
      rounds.ended(index, { outcome, tookMs: 1 })
    state.results = ended
    const last = own[state.launches - 1]?.launchedMs
    if (isKnown && last !== undefined) rounds.knownUntil(index, last)
  }
  for (const one of order) report(one)
  for (const index of all.keys()) {
    report({ pod: index, launches: 1000, results: 1000, isKnown: true })
    rounds.over(index, 0)
  }
  return placed
}

/** Pod and number of each launch. */
function places(placed: readonly PodLaunch[]): string {
  const next = new Map<number, number>()
  return placed
    .map(({ pod: index }) => {
      const number = next.get(index) ?? 0
      next.set(index, number + 1)
      return `${index}.${number}`
    })
    .join(' ')
}

test('each launch has one place, in the order of its Pod, and gets the result that belongs to it', () => {
  fc.assert(
    fc.property(pods, reports, (all, order) => {
      const placed = judged(all, order)
      for (const [index, own] of all.entries()) {
        const found = placed.filter((launch) => launch.pod === index)
        expect(found.map(({ launchedMs }) => launchedMs)).toEqual(
          own.map(({ launchedMs }) => launchedMs),
        )
        expect(found.map(({ result }) => result?.outcome)).toEqual(
          own.map(({ outcome }) => outcome),
        )
      }
    }),
  )
})

test('the order of judging is the same whatever the outcomes are, and whenever they are reported', () => {
  fc.assert(
    fc.property(pods, reports, fc.nat(6), (all, order, results) => {
      const otherwise = all.map((own) => own.map((one) => ({ ...one, outcome: 2 - one.outcome })))
      const later = order.map((one) => ({ ...one, results }))
      expect(places(judged(otherwise, later))).toBe(places(judged(all, order)))
    }),
  )
})

test('the order of judging is the same in whatever order the lines of the Pods arrive', () => {
  fc.assert(
    fc.property(pods, reports, reports, (all, order, other) => {
      expect(places(judged(all, other))).toBe(places(judged(all, order)))
    }),
  )
})

test('a round waits for a Pod that has not reported so far, however long it is silent', () => {
  const placed: PodLaunch[] = []
  const rounds = startRounds(2, (launch) => placed.push(launch))
  for (let ms = 0; ms < 10_000; ms += 10) rounds.launched(0, ms)
  rounds.knownUntil(0, 10_000)
  expect(placed).toEqual([])
  rounds.launched(1, 5)
  rounds.knownUntil(1, 5)
  expect(placed.map((launch) => launch.pod)).toEqual([0, 0, 0, 0, 0, 1])
})

test('what a lost Pod launched and did not report is judged in its place, and as much as may be in flight', () => {
  const placed: PodLaunch[] = []
  const rounds = startRounds(2, (launch) => placed.push(launch))
  for (const ms of [0, 60, 120]) rounds.launched(0, ms)
  for (const ms of [0, 60, 120, 180]) rounds.launched(1, ms)
  rounds.ended(0, { outcome: 0, tookMs: 1 })
  for (let i = 0; i < 4; i++) rounds.ended(1, { outcome: 1, tookMs: 1 })
  rounds.knownUntil(0, 120)
  rounds.knownUntil(1, 200)
  rounds.over(0, 2)
  expect(placed.map((launch) => `${launch.pod} ${launch.result?.outcome}`)).toEqual([
    '0 0',
    '1 1',
    '0 lost',
    '1 1',
    '0 lost',
    '0 lost',
    '0 lost',
    '1 1',
    '1 1',
  ])
})

test('Pods with the same pace have the same number of samples among those that are judged', () => {
  const placed: PodLaunch[] = []
  const rounds = startRounds(3, (launch) => placed.push(launch))
  for (let ms = 0; ms < 2000; ms += 20)
    for (const index of [0, 1, 2]) {
      rounds.launched(index, ms + index)
      rounds.knownUntil(index, ms + index)
    }
  const counts = [0, 1, 2].map((index) => placed.filter((launch) => launch.pod === index).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4)
})
