import { expect, test } from 'vitest'
import type { EvidenceSample, EvidenceSource } from '../../../src/evidence/evidence-source.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { withOwnTraffic } from '../../../src/evidence/proxies/own-traffic.ts'

/** A source that hands over what it is told to. */
function source<S extends EvidenceSample>() {
  let hand: ((sample: S) => void) | undefined
  const opened: EvidenceSource<S> = {
    details: new Set(['errors']),
    start(_, take) {
      hand = take
      return { stop: () => (hand = undefined), launched: () => 7 }
    },
  }
  return { opened, give: (sample: S) => hand?.(sample), isStopped: () => hand === undefined }
}

function single(classified: ProbeSample['classified']): ProbeSample {
  return { kind: 'single', destination: undefined, launchedMs: 0, tookMs: 1, classified }
}

test('samples of the run make traffic and are counted by the proxies, not by their replies', () => {
  const [counts, own] = [source<EvidenceSample>(), source<ProbeSample>()]
  const taken: EvidenceSample[] = []
  const seen: ProbeSample[] = []
  const both = withOwnTraffic(counts.opened, own.opened, (sample) => seen.push(sample))
  const sampling = both.start({}, (sample) => taken.push(sample))
  const counted: EvidenceSample = {
    kind: 'counts',
    proxy: 'a',
    fromMs: 0,
    toMs: 200,
    counts: [8, 2],
    errors: [0, 0],
  }
  const reply = single({ kind: 'destination', index: 0 })
  const unopened = single({ kind: 'client-limit', why: 'EMFILE' })
  counts.give(counted)
  own.give(reply)
  own.give(unopened)
  expect(taken).toEqual([counted, unopened])
  expect(seen).toEqual([reply])
  expect(sampling.launched()).toBe(7)
  sampling.stop()
  expect([counts.isStopped(), own.isStopped()]).toEqual([true, true])
})
