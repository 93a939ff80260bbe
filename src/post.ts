import * as core from '@actions/core'
import { endWith } from './host/process-end.ts'
import { runProgram } from './host/run-program.ts'
import { masker, printer } from './host/runner-log.ts'
import { loadParts } from './host/start/load-parts.ts'
import { readSavedJobs, readUnsettled } from './host/state.ts'
import type { Unsettled } from './journal/intent.ts'
import { startRedacting } from './report/redact/redact.ts'

/**
 * Starts what the runner starts last, also after a run was killed: restores the weights from before a run that did not, and then
 * deletes its Jobs.
 */
export function startPost(): void {
  runProgram({ main, onFault: core.setFailed, faultStatus: 1 })
}

async function main(cancel: AbortController): Promise<number> {
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
  const { cleanUp } = await loadParts(intent ? leftBy(intent) : JOBS_LEFT)
  const isClean = await cleanUp({ intent, jobs }, host, cancel.signal)
  return hasFailed || !isClean ? 1 : 0
}

const JOBS_LEFT = {
  what: 'The Jobs of the run were not deleted.',
  remedy: 'They end by themselves.',
}

/** What a run left where nothing can be done about it here. The commands are those that it saved. */
function leftBy({ namespace, name, hasEnded, memory, manualCommand }: Unsettled) {
  const ones = memory?.before === undefined ? 'the previous ones' : 'the last confirmed step'
  const how = memory?.onFailure === 'keep' ? 'Remove its journal' : `Restore ${ones}`
  return {
    what: `${namespace}/${name} may still have the weights of ${hasEnded ? 'the run' : 'the killed run'}.`,
    remedy: `${how} with kubectl:\n  ${manualCommand}`,
  }
}
