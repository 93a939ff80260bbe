import {
  at,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectsAt,
  sameJson,
  textAt,
} from '../mesh/json.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { OnFailure } from '../options/options.ts'

/** The annotation that a route object carries while a run is in progress. */
export const JOURNAL = 'istio-traffic-shift/journal'

/** The annotation that post adds and removes, so that a write still on its way meets another version. */
export const FENCE = 'istio-traffic-shift/fence'

/** Written in one patch with the weights, so that weights without a way back never exist. */
export type Journal = {
  /** Names the CI run, alike in all its attempts. */
  run: string
  attempt: number
  /** A random token of this very run. */
  owner: string
  /** The entry's match, by which it is found again. */
  match: Json
  /** The entry's route list before the run. */
  original: readonly JsonObject[]
  /** The route list that the run wrote last. */
  written: readonly JsonObject[]
  onFailure: OnFailure
  /** When the run is surely over, by the API server's clock. RFC 3339. */
  expires: string
}

export type FoundJournal =
  | { kind: 'none' }
  | { kind: 'unreadable' }
  | { kind: 'found'; journal: Journal }

/** The annotation's text. */
export function journalText(journal: Journal): string {
  return JSON.stringify(journal)
}

/** Reads the object's journal. What cannot be understood is never guessed at. */
export function readJournal(object: RouteObject): FoundJournal {
  const text = object.annotations[JOURNAL]
  if (text === undefined) return { kind: 'none' }
  try {
    const journal = parseJournal(JSON.parse(text) as Json)
    return journal ? { kind: 'found', journal } : { kind: 'unreadable' }
  } catch {
    return { kind: 'unreadable' }
  }
}

function parseJournal(value: Json): Journal | undefined {
  const run = textAt(value, 'run')
  const attempt = numberAt(value, 'attempt')
  const owner = textAt(value, 'owner')
  const expires = textAt(value, 'expires')
  const onFailure = textAt(value, 'onFailure')
  const original = routeList(value, 'original')
  const written = routeList(value, 'written')
  if (run === undefined || attempt === undefined || !owner || !expires || !original || !written)
    return undefined
  if (onFailure !== 'rollback' && onFailure !== 'keep') return undefined
  if (Number.isNaN(Date.parse(expires))) return undefined
  if (!isUndoneBy(written, original) || !original.every(hasWritableWeight)) return undefined
  return {
    run,
    attempt,
    owner,
    match: at(value, 'match') ?? null,
    original,
    written,
    onFailure,
    expires,
  }
}

/**
 * Whether putting `original` in the place of `written` changes nothing but weights and removes no
 * destination but one added at the end: whatever a journal says, a restore does no more than that.
 */
function isUndoneBy(written: readonly JsonObject[], original: readonly JsonObject[]): boolean {
  const added = written.length - original.length
  if (added < 0 || added > 1) return false
  return original.every((route, index) =>
    sameJson(withoutWeight(route), withoutWeight(written[index])),
  )
}

/** A weight that no API server takes would be tried again until the run's time is up. */
function hasWritableWeight({ weight }: JsonObject): boolean {
  return weight === undefined || (Number.isInteger(weight) && Math.abs(Number(weight)) < 2 ** 31)
}

function withoutWeight(route: JsonObject | undefined): JsonObject {
  const { weight: _, ...rest } = route ?? {}
  return rest
}

function routeList(value: Json, field: string): JsonObject[] | undefined {
  const list = at(value, field)
  if (!Array.isArray(list) || list.length === 0 || !list.every((route) => isObject(route)))
    return undefined
  return objectsAt(value, field)
}

/** Whether a journal's run may still be at work, as seen from a run of its own. */
export function isLive(
  journal: Journal,
  nowMs: number,
  own: { run: string; attempt: number },
): boolean {
  const supersededAttempt = journal.run === own.run && journal.attempt < own.attempt
  return !supersededAttempt && Date.parse(journal.expires) > nowMs
}
