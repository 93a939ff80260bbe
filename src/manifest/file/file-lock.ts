import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded, type Owner, ownOwner, parseOwner } from './lock-owner.ts'

/** Far longer than a lock is held. */
const STALE_MS = 10_000
const PAUSE_MS = 20

export type HeldLock = {
  /** Whether this run still holds it. Another run takes over the lock of a run that was suspended for long. */
  isHeld: () => boolean
  /** The path of a file beside it for the new text. The next run removes one that is left over. */
  beside: string
}

/**
 * Runs an action while no other run of this tool holds the lock of the same file, so that no edit is lost. The lock is
 * a file beside it that names its owner. It is taken over if the process of its owner has ended, or after ten seconds.
 * The owner may only have been suspended, so it must check `isHeld` before it writes. Rejects as soon as the signal
 * aborts.
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  action: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const base = baseOf(realpathSync(file))
  const lock = `${base}.lock`
  const owner = ownOwner()
  const text = JSON.stringify(owner)
  while (!taken(lock, text)) {
    removeStale(lock)
    await sleep(PAUSE_MS, undefined, { signal })
  }
  try {
    removeLeftovers(base)
    return await action({
      isHeld: () => contentOf(lock) === text,
      beside: `${base}-${randomUUID()}`,
    })
  } finally {
    if (contentOf(lock) === text) rmSync(lock, { force: true })
  }
}

/** Does not contain the file's name, which may already have the longest allowed length. */
function baseOf(target: string): string {
  const hash = createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 16)
  return path.join(path.dirname(target), `.istio-traffic-shift-${hash}`)
}

function taken(lock: string, text: string): boolean {
  let opened: number
  try {
    opened = openSync(lock, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    const why = error instanceof Error ? error.message : String(error)
    const folder = path.dirname(lock)
    throw new Error(
      `a new file in the same folder replaces it, so the folder ${folder} must be writable (${why})`,
    )
  }
  try {
    writeFileSync(opened, text)
  } finally {
    closeSync(opened)
  }
  return true
}

/** Renames it first, so that only one of several runs removes it. */
function removeStale(lock: string): void {
  const content = contentOf(lock)
  try {
    if (content === undefined || !isStale(lock, parseOwner(content))) return
    const aside = `${lock}-${randomUUID()}`
    renameSync(lock, aside)
    // Another run was faster, and this is its lock. It gets it back, unless a third run owns it now.
    if (contentOf(aside) !== content) linkSync(aside, lock)
    rmSync(aside, { force: true })
  } catch {
    // Another run was faster. A run that lost its lock notices before it writes.
  }
}

function isStale(lock: string, owner: Owner | undefined): boolean {
  if (owner !== undefined && hasEnded(owner)) return true
  return Date.now() - statSync(lock).mtimeMs >= STALE_MS
}

function contentOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    return undefined
  }
}

/** Removes new texts of runs that were killed. A run that was only suspended has lost its lock and starts again. */
function removeLeftovers(base: string): void {
  const folder = path.dirname(base)
  const prefix = `${path.basename(base)}-`
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(prefix)) rmSync(path.join(folder, name), { force: true })
  } catch {
    // Leftover files do no harm.
  }
}
