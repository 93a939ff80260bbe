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

/** Far longer than the moment that a lock is held for. */
const STALE_MS = 10_000
const PAUSE_MS = 20

export type HeldLock = {
  /** Whether it is still this run's: another one takes the lock of a run that was stopped for long. */
  isHeld: () => boolean
  /** A name beside the file for its new text. The next run removes what is left under it. */
  beside: string
}

/**
 * Does something while no other run of this tool holds the lock of the same file, so that of several
 * runs on one file none loses its edit. The lock is a file beside it that names its owner. It is
 * taken over where the owner's process has ended, or after ten seconds. The owner may only have been
 * stopped, so it has to ask `isHeld` before it acts. Rejects as soon as the signal aborts.
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

/** Not made of the file's name, which may be as long as names can be. */
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
      `the new text is written beside it first and then takes its place, which the folder ${folder} has to allow: ${why}`,
    )
  }
  try {
    writeFileSync(opened, text)
  } finally {
    closeSync(opened)
  }
  return true
}

/** By way of another name, so that of several runs only one removes it. */
function removeStale(lock: string): void {
  const content = contentOf(lock)
  try {
    if (content === undefined || !isStale(lock, parseOwner(content))) return
    const aside = `${lock}-${randomUUID()}`
    renameSync(lock, aside)
    // Another run was faster, and this is its lock: it gets it back, unless a third one is the owner.
    if (contentOf(aside) !== content) linkSync(aside, lock)
    rmSync(aside, { force: true })
  } catch {
    // Another run was faster. A run that lost its lock by this sees it before it acts.
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

/** New texts of runs that were killed. A run that was only stopped has lost its lock, and begins again. */
function removeLeftovers(base: string): void {
  const folder = path.dirname(base)
  const prefix = `${path.basename(base)}-`
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(prefix)) rmSync(path.join(folder, name), { force: true })
  } catch {
    // They do no harm.
  }
}
