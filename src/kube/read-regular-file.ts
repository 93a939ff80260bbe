import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { shownPath } from '../problem/may-be-shown.ts'

/** More than the size of any kubeconfig, certificate or token. */
export const MOST_BYTES = 8 * 1024 * 1024

/**
 * Reads a regular file of a bounded size. A FIFO or a device might never end, and would block the whole process, signals
 * included. Errors name the file only if its name may be shown.
 */
export function readRegularFile(file: string, mostBytes = MOST_BYTES): Buffer {
  const opened = openWithoutWaiting(file)
  try {
    const found = fstatSync(opened)
    if (found.isDirectory()) throw new Error(`${shownPath(file)} is a folder`)
    if (!found.isFile()) throw new Error(`${shownPath(file)} is not a regular file`)
    const bytes = Buffer.alloc(Math.min(found.size, mostBytes) + 1)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(opened, bytes, length, bytes.length - length, null)
      if (read === 0) break
      length += read
    }
    if (length > mostBytes)
      throw new Error(`${shownPath(file)} is larger than ${mostBytes / 1024 / 1024} MiB`)
    return bytes.subarray(0, length)
  } finally {
    closeSync(opened)
  }
}

function openWithoutWaiting(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw new FileError(codeOf(error), file)
  }
}

/** Why a file could not be opened. */
export class FileError extends Error {
  readonly code: string
  constructor(code: string, file: string) {
    super(textOf(code, shownPath(file)))
    this.code = code
  }
}

/** Whether an error says that a file does not exist. As in Go, a path below a file is another error. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof FileError && error.code === 'ENOENT'
}

function textOf(code: string, file: string): string {
  switch (code) {
    case 'ENOENT':
      return `${file} does not exist`
    case 'EACCES':
    case 'EPERM':
      return `${file} is not readable by this user`
    case 'EISDIR':
      return `${file} is a folder`
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return `${file} is not a valid file name`
    default:
      return `${file} cannot be opened (${code})`
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error'
}
