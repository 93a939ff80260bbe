import { randomUUID } from 'node:crypto'
import path from 'node:path'
import * as core from '@actions/core'
import { execute } from './execute.ts'
import { fromInputs, unknownInputs } from './options/sources.ts'
import { endWith } from './process-end.ts'
import { outputsOf } from './report/outputs.ts'
import { startRedacting } from './report/redact.ts'
import { summaryOf } from './report/summary.ts'
import { failsStep } from './rollout/outcome.ts'
import { masker, printer } from './runner-log.ts'
import { saveIntent, saveSettled } from './state.ts'

/** What the runner starts: the step's inputs, a run, the step's outputs and summary, the exit. */
async function main(): Promise<void> {
  const { env } = process
  const redactor = startRedacting()
  const cancel = new AbortController()

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
    tryTo(saveSettled, (why) =>
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
  if (env.GITHUB_STEP_SUMMARY) {
    await core.summary
      .addRaw(redactor.redact(summaryOf(record, outcome)))
      .write()
      .catch((error: Error) =>
        print({ level: 'warning', text: `the job summary could not be written: ${error.message}` }),
      )
  }
  // The steps behind would take outputs that are not there for empty ones.
  process.exitCode = isToldOf && !failsStep(outcome) ? 0 : 1
}

/** What comes after it is done although the disk is full, say. */
function tryTo(act: () => void, otherwise: (why: string) => void): void {
  try {
    act()
  } catch (error) {
    otherwise(error instanceof Error ? error.message : String(error))
  }
}

main().then(
  // What a dropped probe-command left running must not hold the step up.
  () => process.exit(),
  (error: unknown) => {
    core.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error))
    process.exit(1)
  },
)
