import { readdirSync, readFileSync } from 'node:fs'

/**
 * Whether a process runs, or is stopped. One that was killed and is not yet waited for by its parent is none, unless it
 * has other threads: the one that it began with may end before them, and they hold its ports.
 */
export function isRunning(pid: number): boolean {
  try {
    const isZombie = /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return !isZombie || readdirSync(`/proc/${pid}/task`).length > 1
  } catch {
    return false
  }
}
