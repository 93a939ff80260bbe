import fc from 'fast-check'
import type { LogLine, PodEvent } from '../../../../src/evidence/jobs/job-log.ts'
import type { Classified } from '../../../../src/evidence/probe/classify.ts'

/** Milliseconds in steps of 0.01. */
const steps = fc.nat(1_000_000_000)
const ms = steps.map((count) => count / 100)
const text = fc.string({ maxLength: 240, unit: 'binary' })

/** What has no value is left out, as JSON does. */
function defined<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

const classified: fc.Arbitrary<Classified> = fc
  .oneof(
    fc.record({
      kind: fc.constant('destination' as const),
      index: fc.nat(20),
      error: fc.constantFrom(undefined, true, false),
      detail: fc.option(text, { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant('previous' as const),
      error: fc.boolean(),
      detail: text,
      isStamped: fc.boolean(),
      own: fc.constantFrom(undefined, 'no-route' as const),
    }),
    fc.record({
      kind: fc.constant('unclassified' as const),
      why: fc.constantFrom('timeout' as const, 'unknown reply' as const, 'tls' as const),
      detail: text,
      cause: fc.constantFrom(undefined, 'untrusted' as const),
      beyond: fc.option(fc.record({ text, matches: fc.boolean() }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('client-limit' as const), why: text }),
  )
  .map((value) => defined(value) as Classified)

const samples = fc
  .tuple(
    fc.array(steps, { maxLength: 50 }),
    fc.nat(1000),
    fc.array(fc.record({ outcome: fc.nat(255), tookMs: ms }), { maxLength: 50 }),
  )
  .map(([launches, after, results]): PodEvent => {
    const sorted = launches.toSorted((a, b) => a - b)
    const emittedMs = ((sorted.at(-1) ?? 0) + after) / 100
    return { kind: 'samples', emittedMs, launchesMs: sorted.map((each) => each / 100), results }
  })

const outcome = fc
  .record({
    kind: fc.constant('outcome' as const),
    id: fc.nat(255),
    classified,
    stamp: fc.option(fc.option(text, { nil: null }), { nil: undefined }),
  })
  .map(({ stamp, ...rest }): PodEvent => (stamp === undefined ? rest : { ...rest, stamp }))

const ended = fc
  .record({
    kind: fc.constant('ended' as const),
    why: fc.constantFrom('done' as const, 'stopped' as const, 'failed' as const),
    message: fc.option(text, { nil: undefined }),
  })
  .map(({ message, ...rest }): PodEvent => (message === undefined ? rest : { ...rest, message }))

/** Any line that a Pod can write. */
export const anyLine: fc.Arbitrary<LogLine> = fc.record({
  number: fc.nat(),
  event: fc.oneof(
    ms.map((atMs): PodEvent => ({ kind: 'hello', atMs })),
    fc.constant<PodEvent>({ kind: 'waiting', for: 'sidecar' }),
    outcome,
    samples,
    ended,
  ),
})
