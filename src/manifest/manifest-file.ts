import { readFileSync } from 'node:fs'
import { replaceFile } from './replace-file.ts'

/** A file of manifests. Both ways throw what the file system says. */
export type ManifestFile = { path: string; read: () => string; write: (text: string) => void }

/** The file at `path`. Bytes that are no UTF-8 are refused: they would not come out as they went in. */
export function manifestFile(path: string): ManifestFile {
  return {
    path,
    read: () =>
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path)),
    write: (text) => replaceFile(path, text),
  }
}
