import type { ApiServer } from '../kube/api-server.ts'
import type { Resource } from '../kube/resources.ts'
import { resourceOf } from '../routes/object/read-route-object.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Intent } from './intent.ts'
import type { Journal } from './journal.ts'
import { restoreCommandOf } from './manual-command.ts'
import { restore } from './restore/restore.ts'
import type { FindObstacle, Restored } from './restore/restored.ts'

/** A write of another run, of which there is only a record: the journal on the object, or what a killed run saved. */
export type RecordedWrite = {
  /** Restores the previous weights and removes the journal. Fails with GaveUp where the API server does not let it. */
  restore(blockedBy: FindObstacle, signal: AbortSignal): Promise<Restored>
  /** The commands that restore the previous weights; undefined where the rule is gone. */
  manualCommand(): string | undefined
}

/** The object that carries a journal, and how to restore what the journal records. */
export type JournaledWrite = {
  api: ApiServer
  resource: Resource
  object: RouteObject
  journal: Journal
  /** as-journal: keeps the weights of a run whose `on-failure` is keep. */
  weights: 'restore' | 'as-journal'
  onTrouble: (why: string) => void
}

/** The write that a journal on an object records. */
export function journaledWrite(write: JournaledWrite): RecordedWrite {
  const { api, resource, object, journal, weights, onTrouble } = write
  const task = {
    ...{ api, resource, weights, onTrouble },
    owner: journal.owner,
    uid: object.uid,
    seen: object,
    known: undefined,
    fence: false,
  }
  return {
    restore: (blockedBy, signal) => restore({ ...task, blockedBy }, signal),
    manualCommand: () => restoreCommandOf(api, object, journal),
  }
}

/** The write of a run that was killed, by what the run saved. The write may still be on its way. */
export function killedWrite(api: ApiServer, intent: Intent): RecordedWrite {
  const { owner, uid, memory } = intent
  const lost = memory?.journal === 'lost' ? memory : undefined
  const task = {
    api,
    resource: resourceOf(intent, intent.version),
    ...{ owner, uid },
    seen: undefined,
    generation: memory?.generation,
    // Without a journal, only what the run saw after its last write shows that no other client wrote since.
    known: lost && { ...lost, stored: lost.stored },
    // What the run had confirmed when it sent its last write, which may not have been stored.
    confirmed: memory?.before && memory.original,
    weights: lost?.onFailure === 'keep' ? ('leave' as const) : ('as-journal' as const),
    fence: true,
  }
  return {
    restore: (blockedBy, signal) => restore({ ...task, blockedBy }, signal),
    manualCommand: () => intent.manualCommand,
  }
}

/** Removes the fence of a cleanup step that was killed. The fence has served its purpose. */
export function removeFence(
  api: ApiServer,
  resource: Resource,
  object: RouteObject,
  signal: AbortSignal,
): Promise<Restored> {
  const task = {
    ...{ api, resource, uid: object.uid },
    owner: '',
    seen: object,
    known: undefined,
    weights: 'leave' as const,
    fence: false,
    blockedBy: async () => undefined,
  }
  return restore(task, signal)
}
