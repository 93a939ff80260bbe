import { expect, test } from 'vitest'
import type { EvidenceSource } from '../../../src/evidence/evidence-source.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { awaitUnstamped } from '../../../src/rollout/rollback/await-unstamped.ts'

const NEVER = new AbortController().signal

/** A source that gives these samples at once, and no more. */
function sourceOf(samples: readonly ProbeSample[]): EvidenceSource<ProbeSample> {
  return {
    details: new Set(),
    start(_budget, take) {
      for (const sample of samples) take(sample)
      return { stop: () => undefined, launched: () => samples.length }
    },
  }
}

const sample = (launchedMs: number, classified: ProbeSample['classified']): ProbeSample => ({
  kind: 'single',
  destination: undefined,
  launchedMs,
  tookMs: 1,
  classified,
})

const plain = (launchedMs: number) =>
  sample(launchedMs, { kind: 'previous', isStamped: false } as ProbeSample['classified'])
const stamped = (launchedMs: number) =>
  sample(launchedMs, { kind: 'previous', isStamped: true } as ProbeSample['classified'])
const times = (count: number, one: (launchedMs: number) => ProbeSample, from = 0) =>
  Array.from({ length: count }, (_, index) => one(from + index))

const seenOf = async (samples: readonly ProbeSample[]) =>
  (await awaitUnstamped(sourceOf(samples), 5, NEVER)).seen

test('a hundred replies in a row without a stamp show that the stamps are gone', async () => {
  expect(await seenOf([...times(3, stamped), ...times(100, plain, 3)])).toBe('gone')
})

test('stamped replies to later requests show that a part of the gateway still has the stamps', async () => {
  expect(await seenOf([...times(10, plain), stamped(9.5), plain(10)])).toBe('there')
})

test('stamped replies to the first requests alone do not show that the gateway still has the stamps', async () => {
  expect(await seenOf([...times(3, stamped), ...times(9, plain, 100)])).toBe('too-few')
})

test('samples without a recognized reply are not called replies', async () => {
  const lost = sample(0, { kind: 'unclassified' } as ProbeSample['classified'])
  expect(await seenOf([lost])).toBe('unanswered')
})

test('a look in which no sample ended shows nothing', async () => {
  expect(await seenOf([])).toBe('no-samples')
})
