import { sameJson } from '../kube/json.ts'
import type { RouteSelector } from '../options/options.ts'
import { meantIndex } from './destination-names.ts'
import { type Entry, entryName, type Listener, MESH_GATEWAY, tcpEntries } from './istio/entry.ts'
import type { RouteObject } from './route-object.ts'

/** `remedy` is empty where `says` says it all. */
export type FoundEntry = { ok: true; entry: Entry } | { ok: false; says: string; remedy: string }

/**
 * The one rule that the input `route` means. Without it: the only one that can get traffic and has
 * destinations, else the only one with several that has every destination of `named`. Where none or
 * several fit, says what the input could be, with every candidate.
 *
 * @param named the destinations that the inputs name
 */
export function findEntry(
  object: RouteObject,
  selector: RouteSelector,
  named: readonly string[] = [],
): FoundEntry {
  if (selector.kind === 'tls' || selector.kind === 'http')
    return says(
      `route names ${selector.kind === 'http' ? 'an http' : 'a tls'} rule. Only tcp rules can be shifted yet.`,
    )
  const entries = tcpEntries(object)
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
    `Set route to one of these:\n${entries.map((entry) => `  ${candidateText(entry, entries)}`).join('\n')}`,
  )
}

function whyNone(
  object: RouteObject,
  selector: RouteSelector,
  fitting: readonly Entry[],
  left: readonly Entry[],
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
export function findEntryAgain(
  object: RouteObject,
  match: Entry['match'],
  nth = 0,
): Entry | undefined {
  return tcpEntries(object).filter((entry) => sameJson(entry.match, match))[nth]
}

/** How many rules with the same match come before this one. */
export function twinsBefore(object: RouteObject, { index, match }: Entry): number {
  return tcpEntries(object).filter((entry) => entry.index < index && sameJson(entry.match, match))
    .length
}

/** The rules that a selector allows by itself. */
function chosen(entries: readonly Entry[], selector: RouteSelector): readonly Entry[] {
  if (selector.kind !== 'tcp') return entries
  const { index, port } = selector
  if (index !== undefined) return entries.filter((entry) => entry.index === index)
  return port === undefined ? entries : onPort(entries, port)
}

function onPort(entries: readonly Entry[], port: number): Entry[] {
  const named = entries.filter((entry) => entry.ports.includes(port))
  if (named.length > 0) return named
  return entries.filter((entry) => entry.listeners.some((listener) => listener.port === undefined))
}

/** Of several rules those that are meant most likely: each condition counts only where some rule meets it. */
function narrowed(
  fitting: readonly Entry[],
  all: readonly Entry[],
  named: readonly string[],
  namespace: string,
): readonly Entry[] {
  const live = fitting.filter((entry) => entry.listeners.length > 0 && !isCovered(entry, all))
  const used = live.filter(({ destinations }) => destinations.length > 0)
  const atGateways = used.filter((entry) =>
    entry.gateways.some((gateway) => gateway !== MESH_GATEWAY),
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
function usable(object: RouteObject, entry: Entry): FoundEntry {
  const place = `tcp[${entry.index}].route`
  if (entry.destinations.length === 0)
    return says(`Rule tcp[${entry.index}] of ${object.kind} ${object.name} has no destinations.`)
  const empty = entry.destinations.findIndex(({ host }) => host === '')
  if (empty < 0) return { ok: true, entry }
  const item = entry.routes[empty]
  const what = item && Object.keys(item).length > 0 ? 'has no destination.host' : 'is empty'
  return says(
    `${object.kind} ${object.name}: ${place}[${empty}] ${what}, so weights cannot be set. Complete it or remove it.`,
  )
}

/** The earlier entry that takes all of this one's connections at gateways, where only port and gateway count. */
export function coveringEntry(entry: Entry, entries: readonly Entry[]): Entry | undefined {
  const listeners = entry.listeners.filter(({ gateway }) => gateway !== MESH_GATEWAY)
  if (listeners.length === 0) return undefined
  return entries.find(
    (earlier) =>
      earlier.index < entry.index &&
      listeners.every((listener) => earlier.listeners.some((other) => takesAll(other, listener))),
  )
}

function isCovered(entry: Entry | undefined, all: readonly Entry[]): boolean {
  return entry !== undefined && coveringEntry(entry, all) !== undefined
}

function takesAll(other: Listener, listener: Listener): boolean {
  const onPort = other.port === undefined || other.port === listener.port
  return other.gateway === listener.gateway && onPort
}

/** How the input `route` chooses this rule and no other. */
export function ruleName(entry: Entry, entries: readonly Entry[]): string {
  const [port] = entry.ports
  const position = `tcp[${entry.index}]`
  if (port === undefined) return entries.length === 1 ? entryName(entry) : position
  const [only, second] = narrowed(onPort(entries, port), entries, [], '')
  return only === entry && !second ? entryName(entry) : position
}

function candidateText(entry: Entry, entries: readonly Entry[]): string {
  const to = entry.destinations.map((d) => [d.host, d.subset].filter((part) => part).join('/'))
  const covering = coveringEntry(entry, entries)
  const never = covering ? `, gets no connection because of tcp[${covering.index}]` : ''
  const at = entry.gateways.join(', ') || 'no gateway of the object'
  return `${ruleName(entry, entries)} (to ${to.join(', ') || 'nothing'}, at ${at}${never})`
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

function says(text: string, remedy = ''): FoundEntry {
  return { ok: false, says: text, remedy }
}
