import { withLock } from './file-lock.ts'
import { type Beside, besideFile, readText } from './read-text.ts'
import { type Replaced, replaceFile } from './replace-file.ts'

/** A file of manifests. Both calls fail with the error of the file system. */
export type ManifestFile = {
  path: string
  /** The files around it, which a Kustomization may refer to. */
  beside: Beside
  read: () => string
  /**
   * Replaces the text of the file, unless it is no longer `before`: then another process has written it, and the result
   * is `conflict`. Nothing is written once the signal aborts.
   */
  write: (before: string, text: string, signal: AbortSignal) => Promise<Replaced>
}

/** The file at `path`. Bytes that are not UTF-8 are refused, because they would be changed. */
export function manifestFile(path: string): ManifestFile {
  const read = () => readText(path)
  return {
    path,
    beside: besideFile(path),
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
