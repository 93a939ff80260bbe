import { problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { meantIndex } from './destination-names.ts'
import { kindOf } from './kinds.ts'
import type { RouteKind } from './route-kind.ts'
import type { RouteObject } from './route-object.ts'
import { gatewaysOf, MESH_GATEWAY, type Rule } from './rule.ts'
import type { RouteSelector } from './wanted.ts'
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
  const unsupported = kind.unsupported(object, selector)
  if (unsupported !== undefined) return failure(problem('ITS-RULE-NOT-SUPPORTED', unsupported))
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
  const candidates = rules.map((rule) => `  ${candidateText(kindOf(object), rule, rules)}`)
  const remedy = `Set route to one of these:\n${candidates.join('\n')}`
  if (fitting.length === 0)
    return failure(problem('ITS-RULE-NOT-FOUND', `${whose} has no rule ${text}.`, remedy))
  const named = text === '' ? '' : ` ${text}`
  if (left.length === 0)
    return failure(
      problem(
        'ITS-RULE-WITHOUT-TRAFFIC',
        `No rule${named} of ${whose} can get connections.`,
        remedy,
      ),
    )
  return failure(problem('ITS-RULE-AMBIGUOUS', `Several rules of ${whose} fit${named}.`, remedy))
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
    ({ destinations }) =>
      destinations.length > 1 &&
      named.every((name) => meantIndex(destinations, name, namespace) !== undefined),
  )
  return having.length === 1 ? having : left
}

function isCovered(kind: RouteKind, rule: Rule, rules: readonly Rule[]): boolean {
  return kind.coveringRule(rule, rules) !== undefined
}

/** A rule whose destinations have names and can be written to. */
function complete(object: RouteObject, rule: Rule): Result<Rule> {
  const whose = `${object.kind} ${object.name}`
  const { destinations, position, format } = rule
  if (destinations.length === 0)
    return failure(
      problem('ITS-RULE-INCOMPLETE', `Rule ${position} of ${whose} has no destinations.`),
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

/** The value of the input `route` that chooses this rule and no other: its name where that is enough, else its position. */
export function uniqueName(kind: RouteKind, rule: Rule, rules: readonly Rule[]): string {
  if (rule.name === rule.protocol) return rules.length === 1 ? rule.name : rule.position
  const fitting = kind.select(rules, kind.selectorOf(rule))
  const [only, second] = narrowed(kind, { fitting, rules }, [], '')
  return only === rule && !second ? rule.name : rule.position
}

function candidateText(kind: RouteKind, rule: Rule, rules: readonly Rule[]): string {
  const to = rule.destinations.map(({ host, subset }) =>
    [host, subset].filter((part) => part).join('/'),
  )
  const covering = kind.coveringRule(rule, rules)
  const never = covering ? `, gets no connection because of ${covering.position}` : ''
  const at = gatewaysOf(rule).join(', ') || 'no gateway of the object'
  return `${uniqueName(kind, rule, rules)} (to ${to.join(', ') || 'nothing'}, at ${at}${never})`
}

function selectorText(selector: RouteSelector): string {
  if (selector.kind !== 'tcp') return ''
  if (selector.index !== undefined) return `tcp[${selector.index}]`
  return selector.port === undefined ? 'tcp' : `tcp:${selector.port}`
}
