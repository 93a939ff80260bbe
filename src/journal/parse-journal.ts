import { at, type Json, numberAt, textAt } from '../kube/json.ts'
import { isRestoreOf } from '../routes/compare-written.ts'
import type { RouteKind } from '../routes/route-kind.ts'
import { protocolNamed } from '../routes/rule.ts'
import type { RuleFormat } from '../routes/rule-format.ts'
import { parseWritten } from '../routes/written-destinations.ts'
import type { Journal } from './journal.ts'

export type ParsedJournal =
  | { kind: 'unreadable' }
  /** Written by a newer version of this tool. */
  | { kind: 'newer'; version: number }
  /** Of a kind of route object that the object is not of. */
  | { kind: 'other-kind'; recorded: string; owner: string }
  | { kind: 'found'; journal: Journal }

/** The newest version that can be read. */
const NEWEST = 2

/** Parses the annotation's text, of version 1 or 2, on an object of this kind. Destinations are in the format of the kind. */
export function parseJournal(
  text: string,
  { kind, format }: Pick<RouteKind, 'kind' | 'format'>,
): ParsedJournal {
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
  const recorded = version === 1 ? VERSION_1.kind : textAt(value, 'kind')
  if (recorded && recorded !== kind)
    return { kind: 'other-kind', recorded, owner: textAt(value, 'owner') ?? '' }
  const journal = journalOf(value, version, format)
  return journal ? { kind: 'found', journal } : { kind: 'unreadable' }
}

function journalOf(value: Json, version: number, format: RuleFormat): Journal | undefined {
  const run = textAt(value, 'run')
  const attempt = numberAt(value, 'attempt')
  const owner = textAt(value, 'owner')
  const expires = textAt(value, 'expires')
  const onFailure = textAt(value, 'onFailure')
  const original = parseWritten(at(value, 'original'))
  const written = parseWritten(at(value, 'written'))
  const identity = version === 1 ? VERSION_1 : identityOf(value)
  if (run === undefined || attempt === undefined || !owner || !identity) return undefined
  if (!isTime(expires) || !original || !written) return undefined
  if (onFailure !== 'rollback' && onFailure !== 'keep') return undefined
  const restoreTo =
    at(value, 'restoreTo') === undefined ? original : parseWritten(at(value, 'restoreTo'))
  if (
    !restoreTo ||
    ![original, restoreTo, written].every((list) => isRestoreOf(written, list, format))
  )
    return undefined
  const match = at(value, 'match') ?? null
  return {
    ...{ run, attempt, owner, expires, ...identity },
    ...{ match, original, written, restoreTo, onFailure },
  }
}

type Identity = Pick<Journal, 'by' | 'started' | 'uid' | 'kind' | 'rule' | 'protocol' | 'nth'>

const VERSION_1: Identity = {
  by: '',
  started: undefined,
  uid: undefined,
  kind: 'VirtualService',
  rule: '',
  protocol: 'tcp',
  nth: 0,
}

/** What version 2 has in addition. The uid says which object the journal is for. */
function identityOf(value: Json): Identity | undefined {
  const uid = textAt(value, 'uid')
  const kind = textAt(value, 'kind')
  const started = textAt(value, 'started')
  const nth = numberAt(value, 'nth') ?? 0
  const protocol = protocolNamed(at(value, 'protocol') ?? 'tcp')
  if (!uid || !kind || !protocol || !isTime(started) || !Number.isInteger(nth) || nth < 0)
    return undefined
  const by = textAt(value, 'by') ?? ''
  return { by, started, uid, kind, rule: textAt(value, 'rule') ?? '', protocol, nth }
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text))
}
