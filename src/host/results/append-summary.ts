import { appendFileSync } from 'node:fs'
import type { LogLine } from '../../report/log/log-line.ts'

/** Appends to the summary of the job. */
export function appendSummary(text: string, print: (line: LogLine) => void): void {
  const { GITHUB_STEP_SUMMARY: file } = process.env
  if (!file) return
  attempt(
    () => appendFileSync(file, text),
    (why) => print({ level: 'warning', text: `The job summary could not be written: ${why}.` }),
  )
}

/** What follows is done even if this fails, as on a full disk. */
export function attempt(act: () => void, otherwise: (why: string) => void): void {
  try {
    act()
  } catch (error) {
    otherwise(error instanceof Error ? error.message : String(error))
  }
}
