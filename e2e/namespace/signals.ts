import { constants } from 'node:os'

/** Aborts at the first signal that asks this process to end; it then has to end by itself. */
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
    // As shells tell it.
    exitStatus: () => (got === undefined ? undefined : 128 + constants.signals[got]),
  }
}
