import type { Outcome } from '../../rollout/model/outcome.ts'
import { ownWeights } from '../facts/written.ts'
import type { RunRecord } from '../record.ts'

/** A corner of the line that the weight of a destination makes over time. Milliseconds since the run began. */
export type Corner = readonly [atMs: number, weight: number]

/** The lines of the weight on the object, as far as it is known: two where it was not known for a while. */
export function weightsOver(record: RunRecord, outcome: Outcome, name: string): Corner[][] {
  const { ramp, tookMs } = record
  let weight = outcome.previousWeights?.[name] ?? 0
  const corners: Corner[] = [[0, weight]]
  for (const { kind, endMs, startMs, weights } of ramp) {
    // A restore that did not come so far has no check behind it.
    const atMs = kind === 'write' ? endMs : kind === 'restore-check' ? startMs : undefined
    const next = weights?.[name]
    if (atMs === undefined || next === undefined) continue
    corners.push([atMs, weight], [atMs, next])
    weight = next
  }
  const own = ownWeights(record, outcome)
  if (own?.now === 'unknown') return [corners]
  if (own?.now !== 'replaced') return [[...corners, [tookMs, weight]]]
  const now = outcome.weights?.[name] ?? 0
  return [
    corners,
    [
      [own.byMs, now],
      [tookMs, now],
    ],
  ]
}

/** From the last write on, where another client may have changed the weight since; else empty. */
export function assumedOver(record: RunRecord, outcome: Outcome, name: string): Corner[] {
  const own = ownWeights(record, outcome)
  if (own?.now !== 'replaced' && own?.now !== 'unknown') return []
  const weight = own.weights[name] ?? 0
  if (own.now === 'unknown')
    return [
      [own.sinceMs, weight],
      [record.tookMs, weight],
    ]
  return [
    [own.sinceMs, weight],
    [own.byMs, weight],
    [own.byMs, outcome.weights?.[name] ?? 0],
  ]
}
