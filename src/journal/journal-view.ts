import type { Options } from '../options/options.ts'
import type { Percents } from '../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../rollout/model/percents.ts'
import { destinationNames } from '../routes/destination-names.ts'
import { kindOf, rulesOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { type Rule, sharesOf } from '../routes/rule.ts'
import type { RuleFormat } from '../routes/rule-format.ts'
import { findRuleByIdentity } from '../routes/rule-identity.ts'
import { selectRule } from '../routes/select-rule.ts'
import { destinationsIn, type WrittenDestinations } from '../routes/written-destinations.ts'
import { isLive, type Journal } from './journal.ts'
import { nextStep } from './restore/restore-step.ts'

/** What a journal says, as people and other programs read it. */
export type JournalView = {
  /** A link to the CI run, or user@host; undefined in version 1. */
  by: string | undefined
  run: string
  attempt: number
  started: string | undefined
  expires: string
  /** The run may still be at work. */
  live: boolean
  rule: string
  /** What the run wrote last. */
  written: Percents
  /** What a rollback restores. */
  restoreTo: Percents
  /** What a rollback would do: weights that somebody else edited since stay. */
  rollback: 'restore' | 'remove-journal'
}

/** The view of the object's journal. `nowMs` is the API server's time. */
export function viewOf(object: RouteObject, journal: Journal, nowMs: number): JournalView {
  const { by, run, attempt, started, expires, owner, match, nth } = journal
  const { format } = kindOf(object)
  const rule = findRuleByIdentity(object, match, nth)
  const order = { owner, known: undefined, weights: 'restore', fence: false } as const
  const { kind } = nextStep(order, object)
  return {
    by: by === '' ? undefined : printable(by),
    ...{ run, attempt, started, expires },
    live: isLive(journal, nowMs),
    rule: rule ? rule.name : printable(journal.rule),
    written: percentsIn(format, journal.written),
    restoreTo: percentsIn(format, journal.restoreTo, journal.written),
    rollback: kind === 'restored' ? 'restore' : 'remove-journal',
  }
}

/** Percents by destination. A destination that only `named` has is at 0. */
export function percentsIn(
  format: RuleFormat,
  written: WrittenDestinations,
  named: WrittenDestinations = written,
): Percents {
  const names = destinationNames(destinationsIn(named, format))
  return percentsOf(names, sharesOf({ destinations: destinationsIn(written, format), format }))
}

/** The percents of a rule by destination. */
export function percentsOfRule(rule: Rule): Percents {
  return percentsOf(destinationNames(rule.destinations), sharesOf(rule))
}

/** The percents of the rule that `route` names, or of the only one; undefined where none or several fit. */
export function weightsOf(
  object: RouteObject,
  { route }: Pick<Options, 'route'>,
): Percents | undefined {
  const chosen = selectRule(object, route)
  return chosen.ok ? percentsOfRule(chosen.value) : undefined
}

/** The percents of the journal's rule now; undefined where the rule is gone. */
export function percentsNow(object: RouteObject, { match, nth }: Journal): Percents | undefined {
  const rule = findRuleByIdentity(object, match, nth)
  return rule && percentsOfRule(rule)
}

/** `tcp:31400: v1 80%, v2 20%`, one a rule. */
export function rulesText(object: RouteObject): string[] {
  return rulesOf(object)
    .filter(({ destinations }) => destinations.length > 0)
    .map((rule) => `${rule.name}: ${percentsText(percentsOfRule(rule))}`)
}

/** Whose run it is and since when: `https://… (started 11:01:24 UTC)`. */
export function whoseText(
  { by, run, attempt, started }: Pick<JournalView, 'by' | 'run' | 'attempt' | 'started'>,
  nowMs: number,
): string {
  const since = started === undefined ? '' : `started ${clockText(started, nowMs)}`
  if (!by)
    return `run ${printable(run)} (${[`attempt ${attempt}`, since].filter(Boolean).join(', ')})`
  return since === '' ? printable(by) : `${printable(by)} (${since})`
}

/** Longer ones are cut, and line ends are blanks: anybody who may edit the object can write these texts. */
const LONGEST = 300

function printable(text: string): string {
  return text.slice(0, LONGEST).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

/** `11:01:24 UTC`, with the date where that is another day. */
export function clockText(time: string, nowMs: number): string {
  const at = new Date(time).toISOString()
  const [date = '', clock = ''] = at.split('T')
  const today = new Date(nowMs).toISOString().startsWith(date)
  return `${today ? '' : `${date} `}${clock.slice(0, 8)} UTC`
}
