import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs'
import path from 'node:path'

/** The file of a command: a path, or the first one in PATH; undefined if there is none. */
export function fileOf(command: string): string | undefined {
  return filesOf(command, process.env.PATH).find((file) => existsSync(file))
}

function filesOf(command: string, paths = ''): string[] {
  if (/[\\/]/.test(command)) return [command]
  return paths.split(path.delimiter).map((folder) => path.join(folder, command))
}

/** Fails as the start of a command fails: without an executable file, or without the interpreter that its first line names. */
export function checkCommand(command: string, paths: string | undefined): void {
  const files = filesOf(command, paths).filter((file) => existsSync(file))
  const file = files.find(isExecutable)
  if (file === undefined) throw systemError(files.length > 0 ? 'EACCES' : 'ENOENT')
  const [, interpreter] = /^#![ \t]*([^ \t\n]+)/.exec(beginningOf(file)) ?? []
  if (interpreter !== undefined && !existsSync(interpreter)) throw systemError('ENOENT')
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** Whether the first line of a script, which names its interpreter, ends with a carriage return as on Windows. */
export function hasCarriageReturn(command: string): boolean {
  const file = fileOf(command)
  return file !== undefined && /^#![^\n]*\r\n/.test(beginningOf(file))
}

/** The first bytes of a file; empty where it cannot be read, as one that may only be executed. */
function beginningOf(file: string): string {
  try {
    const opened = openSync(file, 'r')
    const bytes = Buffer.alloc(256)
    const length = readSync(opened, bytes)
    closeSync(opened)
    return bytes.toString('latin1', 0, length)
  } catch {
    return ''
  }
}
