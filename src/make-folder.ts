import { mkdir } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes the folder, given by its absolute path, and those above it. Throws what the file system says.
 * Not `recursive`: Node then never ends where a file system
 * says that something is missing though the folder above is there, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    const above = path.dirname(folder)
    if (code !== 'ENOENT' || above === folder) throw error
    await makeFolder(above)
    await mkdir(folder)
  }
}
