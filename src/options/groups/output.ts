import { ALL_MODES, option } from '../option.ts'
import { anyText } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const REPORT = option({
  name: 'report',
  type: 'folder',
  placeholder: 'FOLDER',
  brief: 'The folder for report.json, report.html and summary.md. Default: none.',
  text: 'The folder for report.json, report.html and summary.md. Default: a folder under RUNNER_TEMP in the action, none on the command line.',
  modes: ALL_MODES,
  parse: anyText,
})

export const OUTPUT_OPTIONS = { title: 'Output', options: [REPORT] }

export type OutputOptions = {
  /** Folder for report.json, report.html and summary.md. */
  report: string | undefined
}

export function readOutput(reader: Reader): OutputOptions {
  return { report: reader.optional(REPORT) }
}
