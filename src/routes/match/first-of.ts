import type { RouteObject } from '../route-object.ts'
import type { Rule } from '../rule.ts'
import { type Answer, isUndecided } from './answer.ts'

/** A rule of one of several objects. */
export type Candidate = { object: RouteObject; rule: Rule }

/** Which rule of several objects a request hits. */
export type HitAmong =
  | ({ kind: 'rule' } & Candidate)
  | { kind: 'none' }
  /** The candidates are in matching order. Where the last one is not sure either, the request may hit none. */
  | { kind: 'unknown'; why: string; candidates: readonly Candidate[] }

/** The first of several candidates that matches. One that may match makes the result unknown, unless it is the same rule. */
export function firstOf<T extends Candidate>(
  candidates: readonly T[],
  answerFor: (candidate: T) => Answer,
): HitAmong {
  const possible: Candidate[] = []
  let why: string | undefined
  for (const candidate of candidates) {
    const answer = answerFor(candidate)
    if (answer === false) continue
    const { object, rule } = candidate
    const isNew = !possible.some((one) => one.object === object && one.rule === rule)
    if (isNew) possible.push({ object, rule })
    if (!isUndecided(answer)) {
      return why === undefined || possible.length === 1
        ? { kind: 'rule', object, rule }
        : { kind: 'unknown', why, candidates: possible }
    }
    why ??= answer.why
  }
  return why === undefined ? { kind: 'none' } : { kind: 'unknown', why, candidates: possible }
}
