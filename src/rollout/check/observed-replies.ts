import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { Attempt, Lost } from '../model/check.ts'

export function nothingLost(): Lost {
  return { outcomes: {}, examples: {} }
}

/** Counts one more connection without a recognized reply. */
export function note(lost: Lost, { why, detail }: { why: Unclassified; detail: string }): void {
  lost.outcomes[why] = (lost.outcomes[why] ?? 0) + 1
  lost.examples[why] ??= detail
}

/** Adds what samples met; the first example of each kind stays. */
export function lostOf(samples: readonly Partial<Lost>[]): Lost {
  const all = nothingLost()
  for (const { outcomes = {}, examples = {} } of samples) {
    for (const kind of Object.keys(outcomes) as (keyof Attempt['outcomes'])[])
      all.outcomes[kind] = (all.outcomes[kind] ?? 0) + (outcomes[kind] ?? 0)
    all.examples = { ...examples, ...all.examples }
  }
  return all
}
