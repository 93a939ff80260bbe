import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { withLock } from './file-lock.ts'
import { type Replaced, replaceFile } from './replace-file.ts'

/** A file of manifests. Both calls fail with the error of the file system. */
export type ManifestFile = {
  path: string
  read: () => string
  /**
   * Replaces the text of the file, unless it is no longer `before`: then another process has written it, and the result
   * is `conflict`. Nothing is written once the signal aborts.
   */
  write: (before: string, text: string, signal: AbortSignal) => Promise<Replaced>
}

/** The file at `path`. Bytes that are not UTF-8 are refused, because they would be changed. */
export function manifestFile(path: string): ManifestFile {
  const read = () => {
    const bytes = regularFile(path)
    // Editors of Windows and PowerShell write UTF-16. There, an ASCII character has a null byte.
    if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2)) || bytes.subarray(0, 2).includes(0))
      throw new Error('it is UTF-16. Convert it to UTF-8')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  }
  return {
    path,
    read,
    write: (before, text, signal) =>
      withLock(path, signal, async ({ isHeld, beside }) => {
        if (read() !== before) return { kind: 'conflict' }
        const mayReplace = () => {
          signal.throwIfAborted()
          return isHeld() && read() === before
        }
        return replaceFile(path, { text, beside, mayReplace })
      }),
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
