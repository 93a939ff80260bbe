import { setMaxListeners } from 'node:events'
import { Aborted } from '../problem/aborted.ts'

/** How long something may take, in milliseconds, and a signal that ends it earlier. */
export type Limit = { ms: number; signal: AbortSignal }

/** The longest delay of a timer. A longer one ends at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * Runs some work within a time limit. Rejects when the time is up or the limit's signal aborts, even if the work never ends:
 * a name lookup or a proxy's handshake ignores signals. The work gets a signal of its own, which aborts at the same time.
 * Both have the reason of what came first.
 *
 * This does not use AbortSignal.timeout(): on Node 20 its timer is garbage-collected if it is only used through
 * AbortSignal.any (https://github.com/nodejs/node/issues/57736).
 */
export function within<T>(
  { ms, signal }: Limit,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const giveUp = (reason: unknown) => {
      controller.abort(reason)
      reject(reason)
    }
    const onAbort = () => giveUp(signal.reason)
    if (signal.aborted) return onAbort()
    const timer = setTimeout(
      () => giveUp(new Aborted({ kind: 'time-limit', ms })),
      Math.min(ms, LONGEST_DELAY_MS),
    )
    // Many calls share a signal. From the eleventh on, Node 20 would warn of a leak, but each listener is removed.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', onAbort, { once: true })
    const working = async () => work(controller.signal)
    working()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      })
  })
}
