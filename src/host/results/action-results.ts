import * as core from '@actions/core'
import type { LogLine } from '../../report/log/log-line.ts'
import { outputsOf } from '../../report/outputs.ts'
import type { Redactor } from '../../report/redact/redact.ts'
import { summaryOf } from '../../report/summary/summary.ts'
import { failsStep } from '../../rollout/model/outcome.ts'
import type { Executed } from '../run-and-report.ts'
import { saveEnded, saveReleased } from '../state.ts'
import { appendSummary, attempt } from './append-summary.ts'

/** Writes the outputs and the summary of a step. Returns the exit status. */
export function writeResults(
  { outcome, record, files }: Executed,
  redactor: Redactor,
  print: (line: LogLine) => void,
): number {
  // If this cannot be saved, the post step looks at the object again, and takes the run for one that was killed.
  attempt(outcome.reason === 'rollback-failed' ? saveEnded : saveReleased, (why) =>
    print(warning(`The end of the run could not be saved for the post step: ${why}.`)),
  )
  let areOutputsWritten = true
  const writeOutputs = () => {
    for (const [name, value] of Object.entries(outputsOf(outcome, files)))
      core.setOutput(name, redactor.redact(value))
  }
  attempt(writeOutputs, (why) => {
    areOutputsWritten = false
    print({ level: 'error', text: `The outputs could not be written: ${why}.` })
  })
  appendSummary(redactor.redact(summaryOf(record, outcome)), print)
  // The steps after this one would take outputs that are missing for empty ones.
  return areOutputsWritten && !failsStep(outcome) ? 0 : 1
}

function warning(text: string): LogLine {
  return { level: 'warning', text }
}
