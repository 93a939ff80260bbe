import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import path from 'node:path'

/** The text of a file. Bytes that are not UTF-8 are refused, because an edit would change them. Fails with an error. */
export function readText(file: string): string {
  const bytes = regularFile(file)
  // Editors of Windows and PowerShell write UTF-16. There, an ASCII character has a null byte.
  if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2)) || bytes.subarray(0, 2).includes(0))
    throw new Error('it is UTF-16. Convert it to UTF-8')
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

/** A file by its name, and a way to read the files around it by their path from its folder. */
export type Beside = {
  name: string
  /** undefined where the file cannot be read. */
  read: (relative: string) => string | undefined
}

/** The files around the one at a path. */
export function besideFile(file: string): Beside {
  const folder = path.dirname(file)
  return {
    name: path.basename(file),
    read: (relative) => {
      try {
        return readText(path.resolve(folder, relative))
      } catch {
        return undefined
      }
    },
  }
}

/** More than any file of manifests has. The largest CRDs together have about 10 MiB. */
const MOST_BYTES = 32 * 1024 * 1024

/** Reads a regular file of bounded size. A FIFO or a device may never end, and would block signals. */
function regularFile(path: string): Buffer {
  const opened = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = fstatSync(opened)
    if (found.isDirectory()) throw new Error('it is a folder')
    if (!found.isFile()) throw new Error('it is not a regular file')
    const bytes = Buffer.alloc(Math.min(found.size, MOST_BYTES) + 1)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(opened, bytes, length, bytes.length - length, null)
      if (read === 0) return bytes.subarray(0, length)
      length += read
    }
    throw new Error(length > MOST_BYTES ? 'it is larger than 32 MiB' : 'it grows while it is read')
  } finally {
    closeSync(opened)
  }
}
