import {
  at,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectsAt,
  sameJson,
  textAt,
} from '../kube/json.ts'
import type { Journal } from './journal.ts'

export type ParsedJournal =
  | { kind: 'unreadable' }
  /** Written by a newer version of this tool, with meanings that this one cannot know. */
  | { kind: 'newer'; version: number }
  | { kind: 'found'; journal: Journal }

/** The newest version that is understood. */
const NEWEST = 2

/** Parses the annotation's text, of version 1 or 2. */
export function parseJournal(text: string): ParsedJournal {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    return { kind: 'unreadable' }
  }
  const version = at(value, 'version') ?? 1
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { kind: 'unreadable' }
  if (version > NEWEST) return { kind: 'newer', version }
  const journal = journalOf(value, version)
  return journal ? { kind: 'found', journal } : { kind: 'unreadable' }
}

function journalOf(value: Json, version: number): Journal | undefined {
  const run = textAt(value, 'run')
  const attempt = numberAt(value, 'attempt')
  const owner = textAt(value, 'owner')
  const expires = textAt(value, 'expires')
  const onFailure = textAt(value, 'onFailure')
  const original = routeList(value, 'original')
  const written = routeList(value, 'written')
  const identity = version === 1 ? VERSION_1 : identityOf(value)
  if (run === undefined || attempt === undefined || !owner || !identity) return undefined
  if (!isTime(expires) || !original || !written) return undefined
  if (onFailure !== 'rollback' && onFailure !== 'keep') return undefined
  const restoreTo = at(value, 'restoreTo') === undefined ? original : routeList(value, 'restoreTo')
  if (!restoreTo || ![original, restoreTo].every((list) => isUndoneBy(written, list)))
    return undefined
  const match = at(value, 'match') ?? null
  return {
    ...{ run, attempt, owner, expires, ...identity },
    ...{ match, original, written, restoreTo, onFailure },
  }
}

type Identity = Pick<Journal, 'by' | 'started' | 'uid' | 'kind' | 'rule' | 'nth'>

const VERSION_1: Identity = {
  by: '',
  started: undefined,
  uid: undefined,
  kind: 'VirtualService',
  rule: '',
  nth: 0,
}

/** What version 2 has in addition. Without the uid it is not said whose journal it is. */
function identityOf(value: Json): Identity | undefined {
  const uid = textAt(value, 'uid')
  const kind = textAt(value, 'kind')
  const started = textAt(value, 'started')
  const nth = numberAt(value, 'nth') ?? 0
  if (!uid || !kind || !isTime(started) || !Number.isInteger(nth) || nth < 0) return undefined
  const by = textAt(value, 'by') ?? ''
  return { by, started, uid, kind, rule: textAt(value, 'rule') ?? '', nth }
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text))
}

/**
 * Whether `list` in the place of `written` changes nothing but weights and removes no destination
 * but one added at the end. A restore does no more than that, whatever a journal says. A weight that
 * no API server accepts would be tried again until the run's time is up.
 */
function isUndoneBy(written: readonly JsonObject[], list: readonly JsonObject[]): boolean {
  const added = written.length - list.length
  if (added < 0 || added > 1) return false
  return list.every(
    (route, index) =>
      hasWritableWeight(route) && sameJson(withoutWeight(route), withoutWeight(written[index])),
  )
}

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
