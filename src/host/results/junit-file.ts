import { accessSync, constants, lstatSync, statSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import type { InputProblem } from '../../options/input-problem.ts'
import type { LogLine } from '../../report/log/log-line.ts'
import { makeFolder } from '../make-folder.ts'
import { attempt } from './append-summary.ts'
import { followLinks } from './follow-links.ts'
import { mayBeReplaced } from './may-be-replaced.ts'
import { REPORT_FILES } from './report-files.ts'

/** The other paths of a run, which the JUnit file must not replace. */
export type OtherPaths = {
  /** The folder of the report; undefined: there is none. */
  report?: string | undefined
  /** The files that other options name, by the name of the option. */
  files?: ReadonlyMap<string, string>
}

/** What keeps the file from being written, as far as the file system shows it before the run; undefined: nothing. */
export function junitProblem(file: string, others: OtherPaths = {}): InputProblem | undefined {
  if (file.includes('${{'))
    return problem(
      () => 'junit contains an expression that was not evaluated.',
      'Write it where the workflow evaluates it.',
    )
  const why =
    (/[/\\]$/.test(file) && 'it names a folder') ||
    whyTaken(followLinks(file).place, others) ||
    whyNotWritable(file)
  if (why === undefined) return undefined
  return problem((shown) => `junit cannot be written to ${shown(file)}: ${why}.`)
}

function problem(what: InputProblem['what'], remedy = ''): InputProblem {
  return { input: 'junit', code: 'ITS-JUNIT-UNWRITABLE', what, remedy }
}

/** Which other path of the run has the same place; undefined: none. */
function whyTaken(place: string, { report, files = new Map() }: OtherPaths): string | undefined {
  const isAt = (other: string) => followLinks(other).place === place
  for (const [name, other] of files) if (isAt(other)) return `${name} is the same file`
  if (report === undefined) return undefined
  if (Object.values(REPORT_FILES).some((name) => isAt(path.resolve(report, name))))
    return 'the report is written to it'
  const folder = followLinks(report).place
  if (folder === place || folder.startsWith(place + path.sep))
    return 'the report needs a folder there'
  return undefined
}

/** Looks at the file, or at the nearest folder above it that exists: those between them are made later. */
function whyNotWritable(file: string): string | undefined {
  try {
    const { place, through } = followLinks(file)
    if (place === devNull) return undefined
    if (through.some(isOfSystem)) return NOT_REGULAR
    const found = statOf(place)
    if (found === undefined) return whyNotCreatable(path.resolve(file), place)
    if (found.isDirectory()) return 'it is a folder'
    if (!found.isFile()) return NOT_REGULAR
    accessSync(place, constants.W_OK)
    // A slip, such as the path of the manifest, must not lose another file.
    return mayBeReplaced(place) ? undefined : 'it exists and is not a JUnit file'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const NOT_REGULAR = 'it is not a regular file'

/**
 * What is below /dev, /proc and /sys is a device or a part of a process, or a link to one: /dev/stdout leads to the file
 * with the log.
 */
function isOfSystem(place: string): boolean {
  return /^\/(?:proc|sys|dev(?!\/(?:shm|null)(?:\/|$)))\//.test(place)
}

/** @param file the path to the place, with its links */
function whyNotCreatable(file: string, place: string): string | undefined {
  let above = file
  while (!isThere(above)) above = path.dirname(above)
  // Only the folders of its own path are made, not those of a link's target.
  if (statOf(above) === undefined) {
    if (above !== file) return `${above} is a link to a folder that does not exist`
    above = path.dirname(place)
    if (statOf(above) === undefined) return 'it is a link into a folder that does not exist'
  }
  if (!statOf(above)?.isDirectory()) return `${above} is not a folder`
  accessSync(above, constants.W_OK)
  return undefined
}

/** Whether there is something of that name, if only a link to nothing. The root always exists. */
function isThere(place: string): boolean {
  return path.dirname(place) === place || orNothing(lstatSync, place) !== undefined
}

function statOf(place: string) {
  return orNothing(statSync, place)
}

/** undefined: there is nothing of that name, or what is above it is not a folder. */
function orNothing(stat: typeof statSync | typeof lstatSync, place: string) {
  try {
    return stat(place, { throwIfNoEntry: false })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * A file that cannot be written is a warning and does not change the verdict. Something else may have been written there
 * during the run, such as the report or the log, so the file is checked again.
 */
export function writeJunit(file: string, text: string, print: (line: LogLine) => void): void {
  const write = () => {
    const why = whyNotWritable(file)
    if (why !== undefined) throw new Error(why)
    makeFolder(path.dirname(path.resolve(file)))
    writeFileSync(path.resolve(file), text)
  }
  attempt(write, (why) =>
    print({ level: 'warning', text: `The JUnit file cannot be written to ${file}: ${why}.` }),
  )
}
