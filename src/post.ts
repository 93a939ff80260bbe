import * as core from '@actions/core'
import { deleteSavedJobs } from './host/delete-saved-jobs.ts'
import type { ClusterHost } from './host/open-clusters.ts'
import { endWith } from './host/process-end.ts'
import { restoreAfterKill } from './host/restore-after-kill.ts'
import { appendSummary } from './host/results/append-summary.ts'
import { runProgram } from './host/run-program.ts'
import { masker, printer } from './host/runner-log.ts'
import { readSavedJobs, readUnsettled } from './host/state.ts'
import type { Unsettled } from './journal/intent.ts'
import { sentence } from './problem/sentence.ts'
import { startRedacting } from './report/redact/redact.ts'
import { postLine, postSummary } from './report/summary/post-summary.ts'
import { cleanupEnd, cleanupFailed } from './rollout/interrupted/cleanup-text.ts'

runProgram({ main: post, onFault: core.setFailed, faultStatus: 1 })

/**
 * Starts what the runner starts last, also after a run was killed: restores the weights from before a run that did not, and then
 * deletes its Jobs.
 */
async function post(cancel: AbortController): Promise<number> {
  const intent = readUnsettled()
  const jobs = readSavedJobs()
  if (!intent && !jobs) return 0
  const redactor = startRedacting()
  const print = printer(redactor)
  let hasFailed = false
  endWith(cancel, (text) => {
    hasFailed = true
    print({ level: 'error', text })
  })
  const host = {
    environment: process.env,
    print,
    onSecret: masker(redactor),
    redact: redactor.redact,
  }
  const restored = intent ? await restore(intent, host, cancel.signal) : true
  const lines = jobs ? await deleteSavedJobs(jobs, host, cancel.signal) : []
  for (const line of lines) print(line)
  return hasFailed || !restored ? 1 : 0
}

/** Resolves to whether nothing of the run is left on its object that should not be there. */
async function restore(
  intent: Unsettled,
  host: ClusterHost,
  signal: AbortSignal,
): Promise<boolean> {
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
  appendSummary(redact(postSummary(ended, hasEnded, redact)), print)
  return line.level !== 'error'
}
