import type { RouteSelector } from '../options/options.ts'
import { type Entry, entryName, type Listener, MESH_GATEWAY, tcpEntries } from './entry.ts'
import { sameJson } from './json.ts'
import type { RouteObject } from './route-object.ts'

export type FoundEntry = { ok: true; entry: Entry } | { ok: false; wants: string }

/**
 * The one entry that the input `route` means. Where none or several fit, says what the input
 * could be, with every candidate.
 */
export function findEntry(object: RouteObject, selector: RouteSelector): FoundEntry {
  const entries = tcpEntries(object)
  if (entries.length === 0)
    return {
      ok: false,
      wants: `a ${object.kind} with tcp entries; ${object.name} has ${otherKinds(object)}`,
    }
  const wantedPort = selector.kind === 'tcp' ? selector.port : undefined
  const fitting = wantedPort === undefined ? entries : onPort(entries, wantedPort)
  const live = fitting.filter((entry) => coveringEntry(entry, entries) === undefined)
  const atGateways = live.filter((entry) =>
    entry.gateways.some((gateway) => gateway !== MESH_GATEWAY),
  )
  const left = atGateways.length > 0 ? atGateways : live
  const [only, second] = left
  if (only && !second) return { ok: true, entry: only }
  return {
    ok: false,
    wants: `one of the entries of ${object.name}: ${entries.map((entry) => candidateText(entry, entries)).join('; ')}`,
  }
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

function onPort(entries: readonly Entry[], port: number): Entry[] {
  const named = entries.filter((entry) => entry.ports.includes(port))
  return named.length > 0 ? named : entries.filter((entry) => entry.ports.length === 0)
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

function takesAll(other: Listener, listener: Listener): boolean {
  const onPort = other.port === undefined || other.port === listener.port
  return other.gateway === listener.gateway && onPort
}

function candidateText(entry: Entry, entries: readonly Entry[]): string {
  const to = entry.destinations.map((d) => [d.host, d.subset].filter((part) => part).join('/'))
  const covering = coveringEntry(entry, entries)
  const never = covering ? `, never reached because of entry ${covering.index}` : ''
  return `${entryName(entry)} (entry ${entry.index}, to ${to.join(', ') || 'nothing'}, at ${entry.gateways.join(', ')}${never})`
}

function otherKinds(object: RouteObject): string {
  const kinds = ['http', 'tls'].filter((kind) => Array.isArray(object.spec[kind]))
  return kinds.length > 0 ? `only ${kinds.join(' and ')} entries` : 'no entries'
}
