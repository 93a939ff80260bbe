import type { ApiServer } from '../kube/api-server.ts'
import type { Resource } from '../kube/resources.ts'
import type { Problem } from '../problem/problem.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { stampsOf } from '../routes/weights/stamps.ts'
import type { WeightEdit } from '../routes/weights/weight-edit.ts'
import type { Weights } from '../routes/weights/weights.ts'
import type { Intent } from './intent.ts'
import type { Journal } from './journal.ts'
import { restoreCommandOf } from './manual-command.ts'
import { releaseFailed, releasePassed } from './restore/release.ts'
import type { Released } from './restore/released.ts'
import type { FindObstacle } from './restore/restored.ts'
import { rollbackFailed } from './restore/rollback-failed.ts'
import { dryRunWrite } from './write/dry-run.ts'
import { confirmed, journalOf, pendingWrite } from './write/next-write.ts'
import { type IntentSettings, save } from './write/save-intent.ts'
import { webhookChange, webhookProblem } from './write/webhook-change.ts'
import { beingDeleted } from './write/write-conflict.ts'
import { writeWeights } from './write/write-weights.ts'
import type { Written } from './write/written.ts'

/** What became of a write, with the error for the end of a run that cannot go on. */
export type WriteResult =
  /** `stamps`: those of the destinations, in their order; none where replies are not stamped. */
  | { kind: 'written'; stamps: readonly string[] }
  /** Nothing of it was stored. */
  | { kind: 'refused'; stop: Error }
  /** It may have been stored, or may be stored yet. */
  | { kind: 'unknown'; stop: Error }
  /** Stored, but an admission webhook changed it, or the object is being deleted. */
  | { kind: 'stored-otherwise'; stop: Error }

/**
 * The weights of one rule of a route object, written so that they can be rolled back: by this run, by the cleanup
 * step after a run that was killed, by the next run, or manually. No other module builds a patch that is sent.
 * Percents are by destination, in the order of the edit.
 */
export type ReversibleWrite = {
  /**
   * Lets the API server, its schema and its webhooks judge a write without storing it. Returns the problem where a
   * webhook would change it. Throws a RunError where it would be refused.
   */
  dryRun(weights: Weights, signal: AbortSignal): Promise<Problem | undefined>
  /** Writes the weights and the journal in one patch, after it has saved what the cleanup step needs. */
  write(weights: Weights, signal: AbortSignal): Promise<WriteResult>
  /**
   * The weights that were written last are confirmed. Where `on-failure` is last-step, the next write records that, and a
   * restore from now on restores these weights.
   */
  confirm(): void
  /** After a pass: removes the journal and keeps the weights. Throws a RunError where that fails. */
  release(signal: AbortSignal): Promise<Released>
  /**
   * After anything but a pass: restores the previous weights, or keeps the run's own where `on-failure` is keep,
   * and removes the journal. Never rejects.
   */
  restore(blockedBy: FindObstacle, signal: AbortSignal): Promise<Released>
  /** The commands that restore the previous weights; undefined where the rule is gone. */
  manualCommand(): string | undefined
}

/** What to write, and what for. */
export type ReversibleWriteTask = {
  api: ApiServer
  resource: Resource
  object: RouteObject
  rule: Rule
  edit: WeightEdit
  /** Whether each write makes replies name their destination. */
  stamps: boolean
  /** As before the first write. */
  journal: Journal
  /** Whether a restore brings the last confirmed weights back, and not those from before the run. */
  toLastStep: boolean
  gatewayContext: string | undefined
  saveIntent: (intent: Intent) => void
  /** Called once with what keeps a release, where it does not succeed at once. */
  onTrouble: (why: string) => void
  onWarning: (warning: Problem) => void
}

/** Opens a write. Nothing is sent yet. */
export function openReversibleWrite(task: ReversibleWriteTask): ReversibleWrite {
  const { api, resource, edit } = task
  /** The version that the first write is on, which the dry run may move. */
  let first = { object: task.object, rule: task.rule }
  let written: Written | undefined
  const settings: IntentSettings = { ...task, cluster: api }

  return {
    async dryRun(weights, signal) {
      const { object, rule } = first
      const journal = journalOf(task, task.journal, rule, weights)
      const judged = await dryRunWrite({ api, resource, object, rule, journal }, signal)
      if (judged.difference) return webhookProblem(judged.difference, api)
      first = judged.write
      return undefined
    },

    async write(weights, signal) {
      const before = written
      const sent = pendingWrite(task, first, before, weights)
      const unsaved = save(settings, sent.written, 'expected')
      if (!before && unsaved) return { kind: 'refused', stop: unsaved }
      written = sent.written
      const ended = await writeWeights({ api, resource, ...sent.write }, signal)
      if (!ended.ok) {
        // A write that was certainly refused leaves only what was there before it.
        if (!ended.isPending) written = before
        return { kind: ended.isPending ? 'unknown' : 'refused', stop: ended.stop }
      }
      const { object } = ended
      const { journal } = sent.write
      written = { ...written, object, journal, landed: true, pending: false }
      const change = webhookChange(object, journal, edit.names, api)
      if (change) {
        // What the webhook made of the write is the run's own, and is rolled back with it.
        written = { ...written, sent: [...written.sent, change.routes] }
        save(settings, written, 'lost')
        return { kind: 'stored-otherwise', stop: change.stop }
      }
      if (object.deletedAt === undefined)
        return { kind: 'written', stamps: stampsOf(journal.written, first.rule.format) }
      const stop = beingDeleted(api, object, object.deletedAt)
      return { kind: 'stored-otherwise', stop }
    },

    confirm() {
      if (task.toLastStep && written?.landed) written = confirmed(written, first.rule)
    },

    async release(signal) {
      if (!written) return NOTHING_TO_RELEASE
      save(settings, written, 'released')
      const passed = written
      written = { ...passed, releasing: true }
      const released = await releasePassed(task, passed, signal)
      if (released.stop) written = undefined
      return released
    },

    async restore(blockedBy, signal) {
      if (!written) return NOTHING_TO_RELEASE
      const failed = written
      if (failed.journal.onFailure === 'keep') save(settings, failed, 'released')
      return releaseFailed(task, failed, blockedBy, signal).catch((error: unknown) => ({
        ...NOTHING_TO_RELEASE,
        stop: rollbackFailed(api, failed, String(error)),
      }))
    },

    manualCommand: () =>
      restoreCommandOf(api, written?.object ?? first.object, written?.journal ?? task.journal),
  }
}

const NOTHING_TO_RELEASE: Released = {
  rolledBack: false,
  kept: false,
  inForce: undefined,
  object: undefined,
  stop: undefined,
}
