import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { reportOf } from '../report/json/report-json.ts'
import { pageOf } from '../report/page/page.ts'
import { plainJson } from '../report/plain-text.ts'
import type { RunRecord } from '../report/record.ts'
import { summaryOf } from '../report/summary/summary.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import type { Host } from './host.ts'
import { makeFolder } from './make-folder.ts'
import { REPORT_FILES } from './results/report-files.ts'

/** Where the files of a report are. */
export type ReportFiles = { json: string; html: string }

/** The text of report.json. */
export function reportText(
  record: RunRecord,
  outcome: Outcome,
  redact: (text: string) => string,
): string {
  // Each value on its own: a secret that is a number must not break the JSON.
  const redacted = (_: string, value: unknown) =>
    typeof value === 'string' ? redact(value) : value
  return `${plainJson(JSON.stringify(reportOf(record, outcome), redacted, 2))}\n`
}

/** Writes the files of the report. A folder that cannot be written is a warning and does not end the run. */
export function writeReport(
  folder: string | undefined,
  record: RunRecord,
  outcome: Outcome,
  { redact, print }: Pick<Host, 'redact' | 'print'>,
): ReportFiles | undefined {
  if (folder === undefined) return undefined
  const inFolder = (name: string) => path.resolve(folder, name)
  const files = { json: inFolder(REPORT_FILES.json), html: inFolder(REPORT_FILES.html) }
  try {
    makeFolder(path.resolve(folder))
    writeFileSync(files.json, reportText(record, outcome, redact))
    writeFileSync(files.html, redact(pageOf(record, outcome)))
    writeFileSync(inFolder(REPORT_FILES.summary), redact(summaryOf(record, outcome)))
    return files
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    print({ level: 'warning', text: `The report cannot be written to ${folder}: ${why}.` })
    return undefined
  }
}
