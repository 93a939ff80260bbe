import type { ApiServer } from '../../kube/api-server.ts'
import type { Problem } from '../../problem/problem.ts'
import { kindOf } from '../../routes/kinds.ts'
import { withoutStamps } from '../../routes/weights/stamps.ts'
import { confirmedStep, JOURNAL } from '../journal.ts'
import { beforeStep } from '../rule-now.ts'
import type { Written } from '../write/written.ts'
import type { KnownWrites } from './own-writes.ts'
import type { RestoreTask } from './restore-attempt.ts'
import type { FindObstacle } from './restored.ts'

/** What a run needs beside its writes to release its object. */
export type ReleaseSettings = {
  api: ApiServer
  /** Called once with what keeps the release, where it does not succeed at once. */
  onTrouble: (why: string) => void
  onWarning: (warning: Problem) => void
}

/** The restore, or the removal of the journal, by a run that knows its own writes. */
export function runRestore(
  { api, onTrouble }: ReleaseSettings,
  written: Written,
  weights: 'restore' | 'leave',
  blockedBy: FindObstacle,
): RestoreTask {
  const { object, resource, journal, landed, pending } = written
  return {
    api,
    resource,
    owner: journal.owner,
    uid: object.uid,
    // As long as a write may be on its way, what was seen before it says nothing.
    seen: pending ? undefined : object,
    generation: object.generation,
    createdAt: object.createdAt,
    known: landed ? knownWrites(written) : undefined,
    confirmed: confirmedStep(journal),
    weights,
    fence: pending,
    blockedBy,
    onTrouble,
  }
}

function knownWrites({ journal, sent, object, releasing }: Written): KnownWrites {
  const { generation } = object
  const original = journal.restoreTo
  const plain = withoutStamps(journal.written, kindOf(object).format, { original })
  return {
    ...journal,
    original,
    before: beforeStep(journal),
    written: sent,
    generation,
    stored: object.annotations[JOURNAL],
    ownJournal: journal,
    released: releasing && plain !== journal.written ? plain : undefined,
  }
}
