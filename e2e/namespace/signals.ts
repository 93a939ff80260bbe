import { constants } from 'node:os'

/** Aborts at the first signal that asks this process to end. The process then has to end on its own. */
export function stopSignals(): { signal: AbortSignal; exitStatus: () => number | undefined } {
  const stop = new AbortController()
  let got: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | undefined
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      got ??= name
      stop.abort()
    })
  }
  return {
    signal: stop.signal,
    // As shells report it.
    exitStatus: () => (got === undefined ? undefined : 128 + constants.signals[got]),
  }
}
