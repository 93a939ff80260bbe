import type { RouteSelector } from '../options/options.ts'
import { type Entry, entryName, MESH_GATEWAY, tcpEntries } from './entry.ts'
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
  const live = fitting.filter((entry) => !isCovered(entry, entries))
  const atGateways = live.filter((entry) =>
    entry.gateways.some((gateway) => gateway !== MESH_GATEWAY),
  )
  const left = atGateways.length > 0 ? atGateways : live
  const [only, second] = left
  if (only && !second) return { ok: true, entry: only }
  return {
    ok: false,
    wants: `one of the entries of ${object.name}: ${entries.map(candidateText).join('; ')}`,
  }
}

/** The entry with the same match, wherever it stands by now; undefined where it is gone or not alone. */
export function findEntryAgain(object: RouteObject, match: Entry['match']): Entry | undefined {
  const same = tcpEntries(object).filter((entry) => sameJson(entry.match, match))
  return same[0]
}

function onPort(entries: readonly Entry[], port: number): Entry[] {
  const named = entries.filter((entry) => entry.ports.includes(port))
  return named.length > 0 ? named : entries.filter((entry) => entry.ports.length === 0)
}

/** An earlier entry takes every connection that this one would: the first match wins. */
export function isCovered(entry: Entry, entries: readonly Entry[]): boolean {
  return coveringEntry(entry, entries) !== undefined
}

/** The earlier entry that takes all of this one's connections at gateways, where only port and gateway count. */
export function coveringEntry(entry: Entry, entries: readonly Entry[]): Entry | undefined {
  return entries.find(
    (earlier) =>
      earlier.index < entry.index &&
      entry.gateways.every(
        (gateway) => gateway !== MESH_GATEWAY && earlier.gateways.includes(gateway),
      ) &&
      (earlier.ports.length === 0 ||
        (entry.ports.length > 0 && entry.ports.every((port) => earlier.ports.includes(port)))),
  )
}

function candidateText(entry: Entry): string {
  const to = entry.destinations.map((d) => [d.host, d.subset].filter((part) => part).join('/'))
  return `${entryName(entry)} (entry ${entry.index}, to ${to.join(', ') || 'nothing'}, at ${entry.gateways.join(', ')})`
}

function otherKinds(object: RouteObject): string {
  const kinds = ['http', 'tls'].filter((kind) => Array.isArray(object.spec[kind]))
  return kinds.length > 0 ? `only ${kinds.join(' and ')} entries` : 'no entries'
}
