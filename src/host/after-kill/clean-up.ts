import type { Unsettled } from '../../journal/intent.ts'
import { sentence } from '../../problem/sentence.ts'
import { postLine, postSummary } from '../../report/summary/post-summary.ts'
import { cleanupEnd, cleanupFailed } from '../../rollout/interrupted/cleanup-text.ts'
import type { SavedJobs } from '../../rollout/jobs/own-jobs.ts'
import { startCancelClock } from '../comment/cancel-clock.ts'
import { commentOfPost } from '../comment/comment-of-post.ts'
import type { ClusterHost } from '../open-clusters.ts'
import { appendSummary } from '../results/append-summary.ts'
import { deleteSavedJobs } from './delete-saved-jobs.ts'
import { restoreAfterKill } from './restore-after-kill.ts'

/** What a run saved that it did not complete. */
export type Saved = { intent: Unsettled | undefined; jobs: SavedJobs | undefined }

/**
 * Restores the weights from before a run that did not, and then deletes its Jobs. Resolves to whether nothing of the run
 * is left on its object that should not be there.
 */
export async function cleanUp(
  { intent, jobs }: Saved,
  host: ClusterHost,
  signal: AbortSignal,
): Promise<boolean> {
  const sinceCancelMs = startCancelClock(signal)
  const restored = intent && (await restore(intent, host, signal))
  const lines = jobs ? await deleteSavedJobs(jobs, host, signal) : []
  for (const line of lines) host.print(line)
  if (intent && restored) await commentOfPost(intent, restored.summary, { ...host, sinceCancelMs })
  return restored?.isGood ?? true
}

async function restore(
  intent: Unsettled,
  host: ClusterHost,
  signal: AbortSignal,
): Promise<{ isGood: boolean; summary: string }> {
  const { print, redact } = host
  const { hasEnded } = intent
  const how = hasEnded ? 'ended without releasing its object' : 'did not end by itself'
  const text = `The run on ${intent.namespace}/${intent.name} ${how}. Checking its weights.`
  print({ level: 'info', text })
  const ended = await restoreAfterKill(intent, host, signal).then(
    (restored) => cleanupEnd(intent, restored),
    (error: unknown) =>
      cleanupFailed(intent, sentence(error instanceof Error ? error.message : String(error))),
  )
  const line = postLine(ended, hasEnded)
  print(line)
  const summary = redact(postSummary(ended, hasEnded, redact))
  appendSummary(summary, print)
  return { isGood: line.level !== 'error', summary }
}
