import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import path from 'node:path'
import * as core from '@actions/core'
import { execute } from './host/execute.ts'
import { endWith, leave } from './host/process-end.ts'
import { masker, printer } from './host/runner-log.ts'
import { saveIntent, saveReleased } from './host/state.ts'
import { fromInputs, unknownInputs } from './options/sources.ts'
import { outputsOf } from './report/outputs.ts'
import { startRedacting } from './report/redact/redact.ts'
import { summaryOf } from './report/summary/summary.ts'
import { failsStep } from './rollout/model/outcome.ts'

/** What the runner starts: the step's inputs, a run, the step's outputs and summary, the exit. */
async function main(cancel: AbortController): Promise<number> {
  const { env } = process
  const redactor = startRedacting()

  const print = printer(redactor)
  endWith(cancel, (text) => print({ level: 'error', text }))
  const { outcome, record, reportPath } = await execute({
    raw: fromInputs(env),
    problems: unknownInputs(env),
    environment: env,
    cancelled: cancel.signal,
    run: {
      id: `${env.GITHUB_REPOSITORY ?? ''}/${env.GITHUB_RUN_ID ?? randomUUID()}`,
      attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1,
    },
    terminal: false,
    print,
    onSecret: masker(redactor),
    redact: redactor.redact,
    saveIntent,
    defaultReport:
      env.RUNNER_TEMP && path.join(env.RUNNER_TEMP, `istio-traffic-shift-${randomUUID()}`),
  })
  if (outcome.reason !== 'rollback-failed') {
    // Post then looks at the object once more, and finds nothing to do.
    tryTo(saveReleased, (why) =>
      print({ level: 'warning', text: `that the run is over could not be saved for post: ${why}` }),
    )
  }
  let isToldOf = true
  const writeOutputs = () => {
    for (const [name, value] of Object.entries(outputsOf(outcome, reportPath)))
      core.setOutput(name, redactor.redact(value))
  }
  tryTo(writeOutputs, (why) => {
    isToldOf = false
    print({ level: 'error', text: `the outputs could not be written: ${why}` })
  })
  const { GITHUB_STEP_SUMMARY: summary } = env
  if (summary) {
    tryTo(
      () => appendFileSync(summary, redactor.redact(summaryOf(record, outcome))),
      (why) => print({ level: 'warning', text: `the job summary could not be written: ${why}` }),
    )
  }
  // The steps behind would take outputs that are not there for empty ones.
  return isToldOf && !failsStep(outcome) ? 0 : 1
}

/** What comes after it is done although the disk is full, say. */
function tryTo(act: () => void, otherwise: (why: string) => void): void {
  try {
    act()
  } catch (error) {
    otherwise(error instanceof Error ? error.message : String(error))
  }
}

/** Runs the step to the end of the process. */
export function startAction(): void {
  const cancel = new AbortController()
  main(cancel).then(
    // It ends here although a dropped probe-command may have left something running.
    (status) => leave(status, cancel.signal),
    (error: unknown) => {
      core.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error))
      return leave(1, cancel.signal)
    },
  )
}
