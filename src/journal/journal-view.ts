import type { JsonObject } from '../kube/json.ts'
import type { Options } from '../options/options.ts'
import type { Percents } from '../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../rollout/model/percents.ts'
import { destinationNames } from '../routes/destination-names.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { destinationsIn, ruleLabel, ruleShares, tcpRules } from '../routes/rule.ts'
import { findRule, findRuleAgain } from '../routes/select-rule.ts'
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
  const rule = findRuleAgain(object, match, nth)
  const order = { owner, known: undefined, weights: 'restore', fence: false } as const
  const { kind } = nextStep(order, object)
  return {
    by: by === '' ? undefined : printable(by),
    ...{ run, attempt, started, expires },
    live: isLive(journal, nowMs),
    rule: rule ? ruleLabel(rule) : printable(journal.rule),
    written: percentsIn(journal.written),
    restoreTo: percentsIn(journal.restoreTo, journal.written),
    rollback: kind === 'restored' ? 'restore' : 'remove-journal',
  }
}

/** Percents of a route list by destination; those that only `named` has are at 0. */
export function percentsIn(
  routes: readonly JsonObject[],
  named: readonly JsonObject[] = routes,
): Percents {
  const all = destinationsIn(named)
  const names = destinationNames(all).map((name, index) => name ?? all[index]?.host ?? '')
  return percentsOf(names, ruleShares({ destinations: destinationsIn(routes) }))
}

/** The percents of the rule that `route` names, or of the only one; undefined where none or several fit. */
export function weightsOf(
  object: RouteObject,
  { route }: Pick<Options, 'route'>,
): Percents | undefined {
  const chosen = findRule(object, route)
  return chosen.ok ? percentsIn(chosen.rule.written) : undefined
}

/** The percents of the journal's rule now; undefined where the rule is gone. */
export function percentsNow(object: RouteObject, { match, nth }: Journal): Percents | undefined {
  const rule = findRuleAgain(object, match, nth)
  return rule && percentsIn(rule.written)
}

/** `tcp:31400: v1 80%, v2 20%`, one a rule. */
export function rulesText(object: RouteObject): string[] {
  return tcpRules(object)
    .filter(({ written: routes }) => routes.length > 0)
    .map((rule) => `${ruleLabel(rule)}: ${percentsText(percentsIn(rule.written))}`)
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
