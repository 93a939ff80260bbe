import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import path from 'node:path'

/** The file of a command: a path, or the first one in PATH; undefined if there is none. */
export function fileOf(command: string): string | undefined {
  if (/[\\/]/.test(command)) return existsSync(command) ? command : undefined
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file))
}

/** Whether the first line of a script, which names its interpreter, ends with a carriage return as on Windows. */
export function hasCarriageReturn(command: string): boolean {
  const file = fileOf(command)
  if (file === undefined) return false
  try {
    const opened = openSync(file, 'r')
    const bytes = Buffer.alloc(256)
    const length = readSync(opened, bytes)
    closeSync(opened)
    return /^#![^\n]*\r\n/.test(bytes.toString('latin1', 0, length))
  } catch {
    return false
  }
}
