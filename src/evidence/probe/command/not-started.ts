import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** Statuses with which a shell ends where it cannot become a command. A command may end with them too. */
const NOT_STARTED: readonly (number | null)[] = [126, 127]

/** What the shell that becomes the command, which is called `probe` there, writes before its own message. */
const SHELL_PREFIX = /^probe: (?:line )?\d+: (?:exec: )?/gm

/**
 * Why a command did not start, without a word of the shell that starts it; undefined where it started, and ended with
 * this status by itself.
 *
 * @param errorText what arrived on standard error
 * @param paths the variable PATH of the command
 */
export function whyNotStarted(
  command: string,
  { status, errorText }: { status: number | null; errorText: string },
  paths: string | undefined,
): string | undefined {
  if (!NOT_STARTED.includes(status)) return undefined
  const found = placesOf(command, paths).filter(isThere)
  if (found.length === 0)
    return command.includes('/') ? `${command} does not exist` : `${command} is not in PATH`
  if (!found.some(isExecutable)) return `${command} is not an executable file`
  // Such as a script whose interpreter is missing.
  const said = errorText.replace(SHELL_PREFIX, '')
  return said === errorText ? undefined : said
}

function placesOf(command: string, paths = ''): string[] {
  return command.includes('/')
    ? [command]
    : paths.split(path.delimiter).map((folder) => path.join(folder, command))
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
