import { createHash, randomUUID } from 'node:crypto'
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** Far longer than the moment that a lock is held for. */
const STALE_MS = 10_000
const PAUSE_MS = 5
/** How long a lock is waited for. */
const PATIENCE_MS = 30_000

/**
 * Does something while no other run of this tool has the lock of the same file, so that of several
 * runs on one file none loses its edit. The lock is a file beside it that exists for a few
 * milliseconds; one that a killed run left behind is removed after ten seconds.
 */
export function withLock<T>(file: string, action: () => T): T {
  const lock = lockOf(realpathSync(file))
  const giveUp = performance.now() + PATIENCE_MS
  while (!taken(lock)) {
    if (performance.now() > giveUp)
      throw new Error(`another run holds the lock ${lock}; remove it if there is none`)
    removeStale(lock)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
  try {
    return action()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Not made of the file's name, which may be as long as names can be. */
function lockOf(target: string): string {
  const hash = createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 16)
  return path.join(path.dirname(target), `.istio-traffic-shift-${hash}.lock`)
}

function taken(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    const why = error instanceof Error ? error.message : String(error)
    const folder = path.dirname(lock)
    throw new Error(
      `the new text is written beside it first and then takes its place, which the folder ${folder} has to allow: ${why}`,
    )
  }
}

/** By way of another name, so that of several runs only one removes it. */
function removeStale(lock: string): void {
  try {
    if (Date.now() - statSync(lock).mtimeMs < STALE_MS) return
    const aside = `${lock}-${randomUUID()}`
    renameSync(lock, aside)
    rmSync(aside, { force: true })
  } catch {
    // Another run was faster.
  }
}
