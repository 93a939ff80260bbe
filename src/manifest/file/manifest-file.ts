import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { withLock } from './file-lock.ts'
import { type Replaced, replaceFile } from './replace-file.ts'

/** A file of manifests. Both ways fail with what the file system says. */
export type ManifestFile = {
  path: string
  read: () => string
  /**
   * Gives the file another text, unless it has no longer the text `before`: then somebody else has
   * written it, and `overtaken` says that nothing was. Nothing is written once the signal aborts.
   */
  write: (before: string, text: string, signal: AbortSignal) => Promise<Replaced>
}

/** The file at `path`. Bytes that are no UTF-8 are refused: they would not come out as they went in. */
export function manifestFile(path: string): ManifestFile {
  const read = () => {
    const bytes = regularFile(path)
    // Editors of Windows and PowerShell write it. Its first character, if it is ASCII, has a null byte.
    if (['fffe', 'feff'].includes(bytes.toString('hex', 0, 2)) || bytes.subarray(0, 2).includes(0))
      throw new Error('it is UTF-16. Convert it to UTF-8')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  }
  return {
    path,
    read,
    write: (before, text, signal) =>
      withLock(path, signal, async ({ isHeld, beside }) => {
        if (read() !== before) return { kind: 'overtaken' }
        const mayReplace = () => {
          signal.throwIfAborted()
          return isHeld() && read() === before
        }
        return replaceFile(path, { text, beside, mayReplace })
      }),
  }
}

/** More than any file of manifests has; the largest CRDs together have some 10 MiB. */
const MOST_BYTES = 32 * 1024 * 1024

/** Reads a file of bounded size. A FIFO or a device would never end, and would hold up signals too. */
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
