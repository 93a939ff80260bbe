import { sameJson } from '../kube/json.ts'
import type { RouteSelector } from '../options/options.ts'
import { meantIndex } from './destination-names.ts'
import type { RouteObject } from './route-object.ts'
import { type Listener, MESH_GATEWAY, type Rule, ruleLabel, tcpRules } from './rule.ts'

/** `remedy` is empty where `says` says it all. */
export type FoundRule = { ok: true; rule: Rule } | { ok: false; says: string; remedy: string }

/**
 * The one rule that the input `route` means. Without it: the only one that can get traffic and has
 * destinations, else the only one with several that has every destination of `named`. Where none or
 * several fit, says what the input could be, with every candidate.
 *
 * @param named the destinations that the inputs name
 */
export function findRule(
  object: RouteObject,
  selector: RouteSelector,
  named: readonly string[] = [],
): FoundRule {
  if (selector.kind === 'tls' || selector.kind === 'http')
    return says(
      `route names ${selector.kind === 'http' ? 'an http' : 'a tls'} rule. Only tcp rules can be shifted yet.`,
    )
  const entries = tcpRules(object)
  if (entries.length === 0)
    return says(
      `${object.kind} ${object.name} has no tcp rules: ${otherKinds(object)}. Only tcp rules can be shifted.`,
    )
  const fitting = chosen(entries, selector)
  const isByPosition = selector.kind === 'tcp' && selector.index !== undefined
  const left = isByPosition ? fitting : narrowed(fitting, entries, named, object.namespace)
  const [only = fitting.length === 1 && !isCovered(fitting[0], entries) ? fitting[0] : undefined] =
    left
  if (only && left.length <= 1) return usable(object, only)
  return says(
    whyNone(object, selector, fitting, left),
    `Set route to one of these:\n${entries.map((rule) => `  ${candidateText(rule, entries)}`).join('\n')}`,
  )
}

function whyNone(
  object: RouteObject,
  selector: RouteSelector,
  fitting: readonly Rule[],
  left: readonly Rule[],
): string {
  const whose = `${object.kind} ${object.name}`
  const text = selectorText(selector)
  if (fitting.length === 0) return `${whose} has no rule ${text}.`
  if (left.length === 0) return `No rule${text && ` ${text}`} of ${whose} can get connections.`
  return `Several rules of ${whose} fit${text && ` ${text}`}.`
}

/**
 * The rule with the same match, at whatever position it is now; undefined where it is gone.
 *
 * @param nth which of several with the same match, from 0; the first is the one that gets connections
 */
export function findRuleAgain(
  object: RouteObject,
  match: Rule['identity'],
  nth = 0,
): Rule | undefined {
  return tcpRules(object).filter((rule) => sameJson(rule.identity, match))[nth]
}

/** How many rules with the same match come before this one. */
export function twinsBefore(object: RouteObject, { index, identity: match }: Rule): number {
  return tcpRules(object).filter((rule) => rule.index < index && sameJson(rule.identity, match))
    .length
}

/** The rules that a selector allows by itself. */
function chosen(entries: readonly Rule[], selector: RouteSelector): readonly Rule[] {
  if (selector.kind !== 'tcp') return entries
  const { index, port } = selector
  if (index !== undefined) return entries.filter((rule) => rule.index === index)
  return port === undefined ? entries : onPort(entries, port)
}

function onPort(entries: readonly Rule[], port: number): Rule[] {
  const named = entries.filter((rule) => rule.ports.includes(port))
  if (named.length > 0) return named
  return entries.filter((rule) => rule.listeners.some((listener) => listener.port === undefined))
}

/** Of several rules those that are meant most likely: each condition counts only where some rule meets it. */
function narrowed(
  fitting: readonly Rule[],
  all: readonly Rule[],
  named: readonly string[],
  namespace: string,
): readonly Rule[] {
  const live = fitting.filter((rule) => rule.listeners.length > 0 && !isCovered(rule, all))
  const used = live.filter(({ destinations }) => destinations.length > 0)
  const atGateways = used.filter((rule) =>
    rule.gateways.some((gateway) => gateway !== MESH_GATEWAY),
  )
  const left = atGateways.length > 0 ? atGateways : used
  if (left.length <= 1 || named.length === 0) return left
  const split = left.filter(({ destinations }) => destinations.length > 1)
  const having = split.filter(({ destinations }) =>
    named.every((name) => meantIndex(destinations, name, namespace) !== undefined),
  )
  return having.length === 1 ? having : left
}

/** A rule whose destinations can be told apart and written to. */
function usable(object: RouteObject, rule: Rule): FoundRule {
  const place = `tcp[${rule.index}].route`
  if (rule.destinations.length === 0)
    return says(`Rule tcp[${rule.index}] of ${object.kind} ${object.name} has no destinations.`)
  const empty = rule.destinations.findIndex(({ host }) => host === '')
  if (empty < 0) return { ok: true, rule }
  const item = rule.written[empty]
  const what = item && Object.keys(item).length > 0 ? 'has no destination.host' : 'is empty'
  return says(
    `${object.kind} ${object.name}: ${place}[${empty}] ${what}, so weights cannot be set. Complete it or remove it.`,
  )
}

/** The earlier entry that takes all of this one's connections at gateways, where only port and gateway count. */
export function coveringRule(rule: Rule, entries: readonly Rule[]): Rule | undefined {
  const listeners = rule.listeners.filter(({ gateway }) => gateway !== MESH_GATEWAY)
  if (listeners.length === 0) return undefined
  return entries.find(
    (earlier) =>
      earlier.index < rule.index &&
      listeners.every((listener) => earlier.listeners.some((other) => takesAll(other, listener))),
  )
}

function isCovered(rule: Rule | undefined, all: readonly Rule[]): boolean {
  return rule !== undefined && coveringRule(rule, all) !== undefined
}

function takesAll(other: Listener, listener: Listener): boolean {
  const onPort = other.port === undefined || other.port === listener.port
  return other.gateway === listener.gateway && onPort
}

/** How the input `route` chooses this rule and no other. */
export function ruleName(rule: Rule, entries: readonly Rule[]): string {
  const [port] = rule.ports
  const position = `tcp[${rule.index}]`
  if (port === undefined) return entries.length === 1 ? ruleLabel(rule) : position
  const [only, second] = narrowed(onPort(entries, port), entries, [], '')
  return only === rule && !second ? ruleLabel(rule) : position
}

function candidateText(rule: Rule, entries: readonly Rule[]): string {
  const to = rule.destinations.map((d) => [d.host, d.subset].filter((part) => part).join('/'))
  const covering = coveringRule(rule, entries)
  const never = covering ? `, gets no connection because of tcp[${covering.index}]` : ''
  const at = rule.gateways.join(', ') || 'no gateway of the object'
  return `${ruleName(rule, entries)} (to ${to.join(', ') || 'nothing'}, at ${at}${never})`
}

function selectorText(selector: RouteSelector): string {
  if (selector.kind !== 'tcp') return ''
  if (selector.index !== undefined) return `tcp[${selector.index}]`
  return selector.port === undefined ? 'tcp' : `tcp:${selector.port}`
}

function otherKinds(object: RouteObject): string {
  const kinds = ['http', 'tls'].filter((kind) => Array.isArray(object.spec[kind]))
  return kinds.length > 0 ? `it has only ${kinds.join(' and ')} rules` : 'it has no rules'
}

function says(text: string, remedy = ''): FoundRule {
  return { ok: false, says: text, remedy }
}
