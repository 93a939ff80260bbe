import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Before all tests: a folder in which every Node that a test starts finds the code that others compiled. Removed after them. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'))
  process.env.NODE_COMPILE_CACHE = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
