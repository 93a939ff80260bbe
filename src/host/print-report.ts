import type { Verdict } from '../problem/verdict.ts'
import type { LogLine } from '../report/log/log-line.ts'

/** The status in place of 0: a program that reads the report would take 0 for a pass that it never received. */
const UNREPORTED = 4

let isLost = false

/** Writes the report to standard output. */
export function printReport(text: string, verdict: Verdict, print: (line: LogLine) => void): void {
  process.stdout.write(text, (error) => {
    if (!error) return
    isLost = true
    print({
      level: 'error',
      text: `The report could not be written to standard output (${error.message}). The verdict of the run is ${verdict}.`,
    })
  })
}

/** The exit status once standard output was written, or could not be. */
export function statusAfterReport(status: number): number {
  return isLost && status === 0 ? UNREPORTED : status
}
