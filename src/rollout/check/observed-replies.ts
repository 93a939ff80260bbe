import type { Unclassified } from '../../evidence/probe/met.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Attempt } from '../model/check.ts'

/** What connections without a recognized reply met, with an example of each kind. */
export type Lost = Pick<Attempt, 'met' | 'examples'>

/** Connections of a check by destination, with what the unanswered ones met. */
export type ObservedReplies = ReplyCounts & Partial<Lost>

export function nothingLost(): Lost {
  return { met: {}, examples: {} }
}

/** Counts one more connection without a recognized reply. */
export function note(lost: Lost, { why, detail }: { why: Unclassified; detail: string }): void {
  lost.met[why] = (lost.met[why] ?? 0) + 1
  lost.examples[why] ??= detail
}

/** Adds what samples met; the first example of each kind stays. */
export function lostOf(samples: readonly Partial<Lost>[]): Lost {
  const all = nothingLost()
  for (const { met = {}, examples = {} } of samples) {
    for (const kind of Object.keys(met) as (keyof Attempt['met'])[])
      all.met[kind] = (all.met[kind] ?? 0) + (met[kind] ?? 0)
    all.examples = { ...examples, ...all.examples }
  }
  return all
}
