import { readFileSync } from 'node:fs'

/** Whether there is a process of that number; one that was killed and is not yet waited for by its parent is none. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
