import { mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Creates the folder at an absolute path, and the folders above it. Throws the error of the file system. Not `recursive`:
 * Node then loops forever on a file system that reports something as missing although the folder above exists, as /proc
 * does. Not with promises: name look-ups that hang block the threads that promises need.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    const above = path.dirname(folder)
    if (code !== 'ENOENT' || above === folder) throw error
    makeFolder(above)
    mkdirSync(folder)
  }
}
