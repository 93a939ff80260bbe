import type { Context } from '../../rollout/model/context.ts'
import { restoreBlockedBy } from '../../rollout/rollback/restore-blocked-by.ts'
import type { Evidence } from '../../rollout/rollback/serving.ts'
import { JOURNAL } from '../journal.ts'
import type { Written } from '../write/written.ts'
import type { RestoreTask } from './restore.ts'
import type { KnownWrites } from './restore-step.ts'

/** What is to be done with the object of a run that knows its own writes. */
export function releaseTask(
  context: Context,
  written: Written,
  { weights, evidence }: { weights: 'restore' | 'leave'; evidence: (name: string) => Evidence },
  signal: AbortSignal,
): RestoreTask {
  const { api, workloads, emit, run } = context
  const { object, resource, landed, pending } = written
  return {
    api,
    resource,
    owner: run.owner,
    uid: object.uid,
    // While a write of ours may be under way, what was seen before it says nothing.
    seen: pending ? undefined : object,
    generation: object.generation,
    createdAt: object.createdAt,
    known: landed ? knownWrites(written) : undefined,
    weights,
    fence: pending,
    blockedBy: restoreBlockedBy(
      { api, workloads, istioVersion: resource.version, evidence },
      signal,
    ),
    onTrouble: (why) => emit({ kind: 'release-trouble', why }),
  }
}

function knownWrites({ journal, sent, object }: Written): KnownWrites {
  const { generation } = object
  return {
    ...journal,
    original: journal.restoreTo,
    written: sent,
    generation,
    stored: object.annotations[JOURNAL],
    ownJournal: journal,
  }
}
