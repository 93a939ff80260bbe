import type { RunError } from '../../problem/run-error.ts'
import { type Percents, percentsOf } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf } from '../../routes/rule.ts'
import { beforeStep, type RuleWrites, ruleNow } from '../rule-now.ts'
import { percentsOfRule } from '../rule-percents.ts'
import type { Written } from '../write/written.ts'
import type { Back } from './restored.ts'

/** The object after the run has released it. */
export type Released = {
  rolledBack: boolean
  /** What was restored, where it was rolled back. */
  back?: Back | undefined
  /** The weights of this run stay, as its `on-failure` is keep. */
  kept: boolean
  /** The weights that the rule has now; undefined where they are not known. */
  inForce: Percents | undefined
  /** As it is then, where that is known. */
  object: RouteObject | undefined
  /** The error for the end of the run. */
  stop: RunError | undefined
}

/** What the run wrote, and what it restores. */
export function writesOf({ journal, sent }: Written): RuleWrites {
  const { kind, protocol, match, nth, restoreTo: original } = journal
  return { kind, protocol, match, nth, original, before: beforeStep(journal), written: sent }
}

/** The percents that the rule has now, by the run's names as long as its destinations are the same. */
export function sharesIn(object: RouteObject, written: Written): Percents | undefined {
  const { kind, rule } = ruleNow(object, writesOf(written))
  if (rule === undefined) return undefined
  const isOurs = ['as-before', 'as-confirmed', 'as-written'].includes(kind)
  return isOurs ? percentsOf(written.names, sharesOf(rule)) : percentsOfRule(rule)
}
