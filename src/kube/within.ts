/** How long something may take, in milliseconds, and what ends it before. */
export type Limit = { ms: number; signal: AbortSignal }

/** The longest delay that a timer keeps: a longer one ends at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * Runs some work within a time limit. Rejects when the time is up or the limit's signal aborts, even
 * if the work never ends: not everything listens to a signal, such as a name lookup or a proxy's
 * handshake. The work gets a signal of its own, which aborts then too.
 *
 * Not AbortSignal.timeout(): on Node 20 it is forgotten at a garbage collection when it is only
 * followed through AbortSignal.any (https://github.com/nodejs/node/issues/57736).
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
      () => giveUp(new DOMException(`not done within ${ms} ms`, 'TimeoutError')),
      Math.min(ms, LONGEST_DELAY_MS),
    )
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
