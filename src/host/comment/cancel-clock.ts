/** Milliseconds since a signal came; undefined: none has. */
export type CancelClock = () => number | undefined

/** Starts to measure how long ago a signal came. */
export function startCancelClock(cancelled: AbortSignal): CancelClock {
  let cancelledMs: number | undefined
  const onCancel = () => {
    cancelledMs = performance.now()
  }
  if (cancelled.aborted) onCancel()
  else cancelled.addEventListener('abort', onCancel, { once: true })
  return () => (cancelledMs === undefined ? undefined : performance.now() - cancelledMs)
}
