import type { Code } from '../problem/codes.ts'
import { isOneOf, sameDestinations, sameShares } from '../routes/compare-written.ts'
import { rulesOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import type { RuleFormat } from '../routes/rule-format.ts'
import { findRule, type RuleKey } from '../routes/rule-identity.ts'
import { plainDestinations } from '../routes/weights/stamps.ts'
import { sameWritten, type WrittenDestinations } from '../routes/written-destinations.ts'
import { confirmedStep, type Journal } from './journal.ts'

/** What a run wrote to a rule, and what a rollback restores. */
export type RuleWrites = RuleKey & {
  /** The kind of the route object. */
  kind: string
  /** What a rollback restores. */
  original: WrittenDestinations
  /** What was there before the run, where a rollback restores a confirmed step instead. */
  before?: WrittenDestinations | undefined
  written: readonly WrittenDestinations[]
}

/**
 * What became of that rule. `keepsWeights`: connections are still split by weights that the run wrote, although
 * destinations or match may have changed.
 */
export type RuleNow =
  | { kind: 'as-before'; rule: Rule; keepsWeights: false }
  | { kind: 'as-confirmed'; rule: Rule; keepsWeights: false }
  | { kind: 'as-written'; rule: Rule; keepsWeights: true }
  | { kind: 'weights'; rule: Rule; keepsWeights: false }
  | { kind: 'destinations'; rule: Rule; keepsWeights: boolean }
  | { kind: 'match'; rule: Rule; keepsWeights: true }
  | { kind: 'gone'; rule: undefined; keepsWeights: false }

/** The writes that a journal records. */
export function writesIn({
  kind,
  protocol,
  match,
  nth,
  original,
  restoreTo,
  written,
}: Pick<Journal, keyof RuleKey | 'kind' | 'original' | 'restoreTo' | 'written'>): RuleWrites {
  const before = beforeStep({ original, restoreTo })
  return { kind, protocol, match, nth, original: restoreTo, before, written: [written] }
}

/** The destinations from before a run, where a rollback restores a confirmed step instead. */
export function beforeStep(
  journal: Pick<Journal, 'original' | 'restoreTo'>,
): WrittenDestinations | undefined {
  return confirmedStep(journal) && journal.original
}

/** What another client did to the rule since, as a predicate. */
export function changeSince({ kind }: RuleNow): string {
  switch (kind) {
    case 'as-before':
      return 'restored the weights from before that run'
    case 'as-confirmed':
      return 'restored the last confirmed step of that run'
    case 'as-written':
      return 'wrote the same weights again'
    case 'weights':
      return 'changed the weights'
    case 'destinations':
      return 'changed the destinations of the rule'
    case 'match':
      return 'changed the match of the rule'
    case 'gone':
      return 'removed or replaced the rule'
  }
}

/** The code of the problem that such a change makes for a run. */
export function codeOfChange({ kind }: RuleNow): Code {
  switch (kind) {
    case 'as-before':
    case 'as-confirmed':
      return 'ITS-WEIGHTS-RESTORED-BY-OTHER'
    case 'as-written':
      return 'ITS-WEIGHTS-WRITTEN-AGAIN'
    case 'weights':
      return 'ITS-WEIGHTS-CHANGED-BY-OTHER'
    case 'destinations':
      return 'ITS-DESTINATIONS-CHANGED-BY-OTHER'
    case 'match':
      return 'ITS-MATCH-CHANGED-BY-OTHER'
    case 'gone':
      return 'ITS-RULE-REMOVED-BY-OTHER'
  }
}

/** Compares the rule on the object with what the run wrote and what was there before. */
export function ruleNow(object: RouteObject, writes: RuleWrites): RuleNow {
  const { original, before, written } = writes
  const rule = findRule(object, writes)
  if (rule === undefined) return elsewhere(object, writes)
  const { format } = rule
  const now = plainDestinations(rule.written, format)
  if (sameWritten(now, plainDestinations(before ?? original, format)))
    return { kind: 'as-before', rule, keepsWeights: false }
  if (before && sameWritten(now, plainDestinations(original, format)))
    return { kind: 'as-confirmed', rule, keepsWeights: false }
  if (isOneOf(now, unstamped(written, format)))
    return { kind: 'as-written', rule, keepsWeights: true }
  if (
    [original, before ?? original, ...written].some((list) => sameDestinations(list, now, format))
  )
    return { kind: 'weights', rule, keepsWeights: false }
  const keepsWeights = unconfirmed(writes, format).some((list) => sameShares(list, now, format))
  return { kind: 'destinations', rule, keepsWeights }
}

/** Stamps do not matter to traffic. */
function unstamped(lists: RuleWrites['written'], format: RuleFormat): WrittenDestinations[] {
  return lists.map((list) => plainDestinations(list, format))
}

/** What the run wrote, but for the step that a rollback restores: its weights may stay. */
function unconfirmed(
  { original, written }: Pick<RuleWrites, 'original' | 'written'>,
  format: RuleFormat,
): WrittenDestinations[] {
  const confirmed = plainDestinations(original, format)
  return unstamped(written, format).filter((list) => !sameWritten(list, confirmed))
}

/** A rule under another match, with exactly the destinations and weights that the run wrote. */
function elsewhere(object: RouteObject, writes: RuleWrites): RuleNow {
  const [rule, second] = rulesOf(object).filter(
    (one) =>
      one.protocol === writes.protocol &&
      isOneOf(plainDestinations(one.written, one.format), unconfirmed(writes, one.format)),
  )
  return rule && !second
    ? { kind: 'match', rule, keepsWeights: true }
    : { kind: 'gone', rule: undefined, keepsWeights: false }
}
