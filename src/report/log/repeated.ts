import type { RunEvent } from '../../rollout/model/events.ts'

/** Tells events that would repeat a line for the same cause: a call that is retried again, a restore that is tried again. */
export function startRepeats(): (event: RunEvent) => boolean {
  const known = new Set<string>()
  return (event) => {
    const cause = causeOf(event)
    if (cause === undefined) return false
    const isKnown = known.has(cause)
    known.add(cause)
    return isKnown
  }
}

function causeOf(event: RunEvent): string | undefined {
  if (event.kind === 'release-trouble') return event.why
  if (event.kind !== 'api-retry') return undefined
  const { method, path, why } = event.retry
  return JSON.stringify([method, path, why])
}
