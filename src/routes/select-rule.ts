import { type Problem, problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { meantIndex } from './destination-names.ts'
import { kindOf } from './kinds.ts'
import type { RouteKind } from './route-kind.ts'
import type { RouteObject } from './route-object.ts'
import { type LacksDestinations, MESH_GATEWAY, type Rule } from './rule.ts'
import { lackingText, ruleText, trafficOf } from './rule-texts.ts'
import { type RouteSelector, selectorText } from './wanted.ts'
import { itemsOf } from './written-destinations.ts'

/**
 * The one rule that the input `route` means. Without it: the only one that can get traffic and has destinations, else
 * the only one with several destinations that has each of `named`. Where none or several fit, the problem lists every
 * candidate in the form that `route` accepts.
 *
 * @param named the destinations that the inputs name
 */
export function selectRule(
  object: RouteObject,
  selector: RouteSelector,
  named: readonly string[] = [],
): Result<Rule> {
  const kind = kindOf(object)
  const rules = kind.rules(object)
  const fitting = kind.select(rules, selector)
  const isByPosition = 'index' in selector && selector.index !== undefined
  const left = isByPosition ? fitting : narrowed(kind, { fitting, rules }, named, object.namespace)
  const [first] = fitting
  const onlyFitting =
    fitting.length === 1 && first && !isCovered(kind, first, rules) ? first : undefined
  const [only = onlyFitting] = left
  if (only && left.length <= 1) return complete(object, only)
  return none(object, { selector, rules, fitting, left })
}

/** Every selection so far, for the problem. */
type Selection = {
  selector: RouteSelector
  rules: readonly Rule[]
  fitting: readonly Rule[]
  left: readonly Rule[]
}

function none(object: RouteObject, { selector, rules, fitting, left }: Selection): Result<Rule> {
  const whose = `${object.kind} ${object.name}`
  const text = selectorText(selector)
  const remedy = candidatesText(object, rules)
  if (rules.length === 0) return failure(problem('ITS-RULE-NOT-FOUND', `${whose} has no rules.`))
  if (fitting.length === 0)
    return failure(problem('ITS-RULE-NOT-FOUND', `${whose} has no rule ${text}.`, remedy))
  const named = text === '' ? '' : ` ${text}`
  if (fitting.every(({ lacksDestinations }) => lacksDestinations))
    return failure(
      problem('ITS-RULE-NO-DESTINATIONS', `No rule${named} of ${whose} has destinations.`, remedy),
    )
  if (left.length === 0)
    return failure(
      problem(
        'ITS-RULE-WITHOUT-TRAFFIC',
        `No rule${named} of ${whose} can get ${trafficOf(fitting)}.`,
        remedy,
      ),
    )
  return failure(problem('ITS-RULE-AMBIGUOUS', `Several rules of ${whose} fit${named}.`, remedy))
}

/** The rules that can be chosen, by the value of the input `route`, and behind them those that cannot. */
function candidatesText(object: RouteObject, rules: readonly Rule[]): string {
  const kind = kindOf(object)
  const lines = (shown: readonly Rule[]) =>
    shown.map((rule) => {
      const covering = kind.coveringRule(rule, rules)
      return `  ${uniqueName(kind, rule, rules)} (${ruleText(kind, rule, covering)})`
    })
  const isOther = ({ lacksDestinations }: Rule) =>
    lacksDestinations !== undefined && lacksDestinations.kind !== 'none'
  const [others, choices] = [rules.filter(isOther), rules.filter((rule) => !isOther(rule))]
  return [
    ...(choices.length > 0 ? ['Set route to one of these:', ...lines(choices)] : []),
    ...(others.length > 0 ? ['These have no weights:', ...lines(others)] : []),
  ].join('\n')
}

/** Of several rules those that are meant most likely. Each condition counts only where some rule meets it. */
function narrowed(
  kind: RouteKind,
  { fitting, rules }: Pick<Selection, 'fitting' | 'rules'>,
  named: readonly string[],
  namespace: string,
): readonly Rule[] {
  const reachable = fitting.filter(
    (rule) => rule.listeners.length > 0 && !isCovered(kind, rule, rules),
  )
  const used = reachable.filter(({ destinations }) => destinations.length > 0)
  const atGateways = used.filter((rule) =>
    rule.listeners.some(({ gateway }) => gateway !== MESH_GATEWAY),
  )
  const left = atGateways.length > 0 ? atGateways : used
  if (left.length <= 1 || named.length === 0) return left
  const having = left.filter(
    (rule) =>
      rule.destinations.length > 1 &&
      named.every((name) => meantIndex(rule, name, namespace) !== undefined),
  )
  return having.length === 1 ? having : left
}

function isCovered(kind: RouteKind, rule: Rule, rules: readonly Rule[]): boolean {
  return kind.coveringRule(rule, rules) !== undefined
}

/** A rule whose destinations have names and can be written to. */
function complete(object: RouteObject, rule: Rule): Result<Rule> {
  const whose = `${object.kind} ${object.name}`
  const { destinations, position, format, lacksDestinations } = rule
  if (lacksDestinations && lacksDestinations.kind !== 'none')
    return failure(lacking(object, rule, lacksDestinations))
  if (destinations.length === 0)
    return failure(
      problem(
        'ITS-RULE-INCOMPLETE',
        `Rule ${position} of ${whose} has no destinations.`,
        `Add destinations to ${format.list} of the rule, or set the input route to another rule.`,
      ),
    )
  const other = destinations.find(({ otherKind }) => otherKind !== undefined)?.otherKind
  if (other !== undefined)
    return failure(
      problem(
        'ITS-BACKEND-NOT-A-SERVICE',
        `Rule ${position} of ${whose} has the backend ${other}, which is no Service. Its weights cannot be shifted.`,
        'Choose a rule whose backends are all Services.',
      ),
    )
  const empty = destinations.findIndex(({ host }) => host === '')
  if (empty < 0) return success(rule)
  const item = itemsOf(rule.written)[empty]
  const what = item && Object.keys(item).length > 0 ? `has no ${format.required}` : 'is empty'
  return failure(
    problem(
      'ITS-RULE-INCOMPLETE',
      `${whose}: ${position}.${format.list}[${empty}] ${what}, so weights cannot be set.`,
      'Complete it or remove it.',
    ),
  )
}

function lacking(object: RouteObject, { position }: Rule, why: LacksDestinations): Problem {
  const what = `Rule ${position} of ${object.kind} ${object.name} ${lackingText(why)}, so it has no weights.`
  if (why.kind === 'delegate')
    return problem(
      'ITS-RULE-DELEGATED',
      what,
      `Set object to VirtualService/${why.name}${why.namespace === object.namespace ? '' : ` and namespace to ${why.namespace}`}.`,
    )
  const others = kindOf(object)
    .rules(object)
    .filter(({ destinations }) => destinations.length > 0)
  const remedy = others.length > 0 ? candidatesText(object, kindOf(object).rules(object)) : ''
  return problem('ITS-RULE-NO-DESTINATIONS', what, remedy)
}

/** The value of the input `route` that chooses this rule and no other: its name where that is enough, else its position. */
export function uniqueName(kind: RouteKind, rule: Rule, rules: readonly Rule[]): string {
  const { name, position, protocol } = rule
  if (name === protocol)
    return rules.filter((one) => one.protocol === protocol).length === 1 ? name : position
  if (name === position) return position
  const fitting = kind.select(rules, kind.selectorOf(rule))
  const [only, second] = narrowed(kind, { fitting, rules }, [], '')
  return only === rule && !second ? name : position
}
