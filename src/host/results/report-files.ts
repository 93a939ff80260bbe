/** The names of the files of a report. */
export const REPORT_FILES = {
  json: 'report.json',
  html: 'report.html',
  summary: 'summary.md',
} as const
