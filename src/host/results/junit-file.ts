import {
  accessSync,
  constants,
  lstatSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { InputProblem } from '../../options/input-problem.ts'
import type { LogLine } from '../../report/log/log-line.ts'
import { makeFolder } from '../make-folder.ts'
import { attempt } from './append-summary.ts'
import { REPORT_FILES } from './report-files.ts'

/**
 * What keeps the file from being written, as far as the file system shows it before; undefined: nothing is known to.
 *
 * @param report the folder of the report; undefined: there is none
 */
export function junitProblem(file: string, report?: string): InputProblem | undefined {
  const place = path.resolve(file)
  const why =
    (/[/\\]$/.test(file) && 'it names a folder') ||
    (isOfReport(place, report) && 'the report is written to it') ||
    whyNotWritable(place)
  if (why === undefined) return undefined
  return {
    input: 'junit',
    code: 'ITS-JUNIT-UNWRITABLE',
    what: (shown) => `junit must be a file that can be written. ${shown(file)} cannot: ${why}.`,
    remedy: '',
  }
}

/** Looks at the file, else at the nearest folder above it that exists: those between them are made later. */
function whyNotWritable(file: string): string | undefined {
  let place = file
  try {
    let found = statOf(place)
    while (found === undefined && path.dirname(place) !== place) {
      place = path.dirname(place)
      found = statOf(place)
    }
    if (place === file && found?.isDirectory()) return 'it is a folder'
    if (place !== file && !found?.isDirectory()) return `${place} is not a folder`
    if (place !== file && leadsNowhere(file))
      return 'it is a link into a folder that does not exist'
    accessSync(place, constants.W_OK)
    // A slip, such as the path of the manifest, must not lose another file.
    if (found?.isFile() && !mayBeXml(place)) return 'it exists and is not XML'
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function isOfReport(place: string, report: string | undefined): boolean {
  if (report === undefined) return false
  return Object.values(REPORT_FILES).some((name) => path.resolve(report, name) === place)
}

/** An empty file may become one. */
function mayBeXml(place: string): boolean {
  const [first = '<'] = readFileSync(place, 'utf8').trim()
  return first === '<'
}

/** Whether it is a link whose file could not be created: only the folders of its own path are made. */
function leadsNowhere(file: string): boolean {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  const target = path.resolve(path.dirname(file), readlinkSync(file))
  return statOf(path.dirname(target)) === undefined
}

/** undefined: there is nothing of that name, or what is above it is no folder. */
function statOf(place: string) {
  try {
    return statSync(place, { throwIfNoEntry: false })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/** A file that cannot be written is a warning and does not change the verdict. */
export function writeJunit(file: string, text: string, print: (line: LogLine) => void): void {
  const write = () => {
    makeFolder(path.dirname(path.resolve(file)))
    writeFileSync(path.resolve(file), text)
  }
  attempt(write, (why) =>
    print({ level: 'warning', text: `The JUnit file cannot be written to ${file}: ${why}.` }),
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
