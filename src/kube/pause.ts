import { setTimeout as sleep } from 'node:timers/promises'
import { LONGEST_DELAY_MS } from './within.ts'

/** Waits, or returns at once when the signal aborts. Milliseconds; none for 0 and less. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0)
    await sleep(Math.min(ms, LONGEST_DELAY_MS), undefined, { signal }).catch(() => undefined)
}
