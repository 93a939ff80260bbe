import { destinationNames } from '../routes/destination-names.ts'
import { kindOf, rulesOf } from '../routes/kinds.ts'
import { type Percents, percentsOf, percentsText } from '../routes/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { type Rule, sharesOf } from '../routes/rule.ts'
import type { RuleFormat } from '../routes/rule-format.ts'
import { findRule } from '../routes/rule-identity.ts'
import { uniqueName } from '../routes/select-rule.ts'
import { destinationsIn, type WrittenDestinations } from '../routes/written-destinations.ts'
import type { Journal } from './journal.ts'

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

/** The percents of the journal's rule now; undefined where the rule is gone. */
export function percentsNow(object: RouteObject, journal: Journal): Percents | undefined {
  const rule = findRule(object, journal)
  return rule && percentsOfRule(rule)
}

/** `tcp:31400: v1 80%, v2 20%`, one for each rule. */
export function rulesText(object: RouteObject): string[] {
  const rules = rulesOf(object)
  return rules
    .filter(({ destinations }) => destinations.length > 0)
    .map((rule) => {
      const name = uniqueName(kindOf(object), rule, rules)
      return `${name}: ${percentsText(percentsOfRule(rule))}`
    })
}
