import { stopFor } from '../../kube/api-problem.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { withoutStamps } from '../../routes/weights/stamps.ts'
import { sameWritten } from '../../routes/written-destinations.ts'
import { readJournal } from '../read-journal.ts'
import { beingDeleted } from '../write/write-conflict.ts'
import type { Written } from '../write/written.ts'
import { changedByOther } from './changed-by-other.ts'
import { giveBackFields } from './give-back-fields.ts'
import { type Released, sharesIn } from './released.ts'
import { restore } from './restore.ts'
import type { FindObstacle, Restored } from './restored.ts'
import { rollbackFailed, writeMayFollow } from './rollback-failed.ts'
import { type ReleaseSettings, runRestore } from './run-restore.ts'

/**
 * After a pass: removes the journal and keeps the weights. Weights that are not those of the run by now make an
 * error; then nothing of the run is left on the object either.
 */
export async function releasePassed(
  settings: ReleaseSettings,
  written: Written,
  signal: AbortSignal,
): Promise<Released> {
  const { api } = settings
  const task = runRestore(settings, written, 'leave', async () => undefined)
  const done = await restore(task, signal).catch((error: unknown) => {
    throw stopFor(error, 'removing the journal after the weights were confirmed')
  })
  const object = done.kind === 'gone' ? undefined : done.object
  const rule = object && findRule(object, written.journal)
  const kept =
    rule &&
    withoutStamps(written.journal.written, rule.format, { original: written.journal.restoreTo })
  const isUntouched = rule && kept && sameWritten(rule.written, kept)
  const inForce = object && sharesIn(object, written)
  const released = { rolledBack: false, kept: false, inForce, object }
  if (object?.deletedAt !== undefined)
    return { ...released, stop: beingDeleted(api, object, object.deletedAt) }
  // Another run that wrote the same weights may still roll them back.
  const isFree = object !== undefined && readJournal(object).kind === 'none'
  const isGood =
    isUntouched && isFree && (done.kind === 'journal-removed' || done.kind === 'nothing-of-ours')
  return { ...released, stop: isGood ? undefined : changedByOther(api, written, done) }
}

/** After anything but a pass: restores the previous weights, or keeps the run's own where `on-failure` says so, and removes the journal. */
export async function releaseFailed(
  settings: ReleaseSettings,
  written: Written,
  blockedBy: FindObstacle,
  signal: AbortSignal,
): Promise<Released> {
  const { api } = settings
  const { onFailure } = written.journal
  const task = runRestore(settings, written, onFailure === 'keep' ? 'leave' : 'restore', blockedBy)
  let done: Restored
  try {
    done = await restore(task, signal)
  } catch (error) {
    const why = stopFor(error, 'the write that restores them').message
    return { ...UNKNOWN, stop: rollbackFailed(api, written, why) }
  }
  const inForce = done.object && sharesIn(done.object, written)
  const { object } = done
  const released = { rolledBack: false, kept: false, inForce, object, stop: undefined }
  switch (done.kind) {
    case 'blocked':
      return { ...released, stop: rollbackFailed(api, written, done.obstacle, done.object) }
    case 'restored':
      // The weights of a confirmed step are this run's, and so are their fields.
      if (!done.back.isStep) await giveBackFields(settings, written, done.object, signal)
      return { ...released, rolledBack: true, back: done.back }
    case 'journal-removed':
      return { ...released, kept: onFailure === 'keep' }
    case 'nothing-of-ours':
      if (done.unfenced) return { ...UNKNOWN, stop: writeMayFollow(api, done.object) }
      if (!written.landed) return released
  }
  return { ...released, stop: changedByOther(api, written, done) }
}

const UNKNOWN = { rolledBack: false, kept: false, inForce: undefined, object: undefined }
