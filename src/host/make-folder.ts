import { mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes the folder, given by its absolute path, and those above it. Throws what the file system says.
 * Not `recursive`: Node then never ends where a file system
 * says that something is missing though the folder above is there, as /proc does. Not with promises:
 * name look-ups that hang keep the threads busy that they need.
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
