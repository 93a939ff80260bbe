import type { Classified } from '../../evidence/probe/classify.ts'
import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { OwnReplyCause } from '../../evidence/probe/http/own-reply-cause.ts'
import type { Attempt, Lost, OwnReplies } from '../model/check.ts'

export function nothingLost(): Lost {
  return { outcomes: {}, examples: {} }
}

type Noted = { why: Unclassified; detail: string; own?: OwnReplyCause }

/** Counts one more sample without a recognized reply. */
export function note(lost: Lost, { why, detail, own }: Noted): void {
  lost.outcomes[why] = (lost.outcomes[why] ?? 0) + 1
  lost.examples[why] ??= detail
  if (own !== undefined) lost.ownReplies = added(lost.ownReplies, { [own]: 1 })
}

/** Adds what samples met; the first example of each kind stays. */
export function lostOf(samples: readonly Partial<Lost>[]): Lost {
  const all = nothingLost()
  for (const { outcomes = {}, examples = {}, ownReplies } of samples) {
    for (const kind of Object.keys(outcomes) as (keyof Attempt['outcomes'])[])
      all.outcomes[kind] = (all.outcomes[kind] ?? 0) + (outcomes[kind] ?? 0)
    all.examples = { ...examples, ...all.examples }
    if (ownReplies !== undefined) all.ownReplies = added(all.ownReplies, ownReplies)
  }
  return all
}

/** The errors of each destination, as reports show them. */
export type NotedErrors = {
  examples: readonly (string | undefined)[]
  own: readonly OwnReplies[]
}

/** Notes the errors of samples, by destination. */
export function startErrors(destinations: number) {
  const examples: (string | undefined)[] = Array(destinations).fill(undefined)
  const own: OwnReplies[] = Array(destinations).fill({})
  return {
    noted: { examples, own } satisfies NotedErrors,
    note(classified: Classified): void {
      if (classified.kind !== 'destination' || classified.error !== true) return
      const { index, detail, own: cause } = classified
      examples[index] ??= detail
      if (cause !== undefined) own[index] = added(own[index], { [cause]: 1 })
    },
  }
}

/** The first example of each destination, and all errors that the gateway made itself. */
export function mergedErrors(first: NotedErrors, next: NotedErrors): NotedErrors {
  return {
    examples: first.examples.map((example, index) => example ?? next.examples[index]),
    own: first.own.map((some, index) => added(some, next.own[index])),
  }
}

function added(some: OwnReplies = {}, more: OwnReplies = {}): OwnReplies {
  const sum = { ...some }
  for (const cause of Object.keys(more) as OwnReplyCause[])
    sum[cause] = (sum[cause] ?? 0) + (more[cause] ?? 0)
  return sum
}

/** Why the gateway answered more than half of the samples without a recognized reply itself; undefined where it did not. */
export function mostlyOwn({ outcomes, ownReplies = {} }: Lost): OwnReplyCause | undefined {
  const lost = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const causes = Object.keys(ownReplies) as OwnReplyCause[]
  return causes.find((cause) => (ownReplies[cause] ?? 0) * 2 > lost)
}
