import type { RunEvent } from '../rollout/model/events.ts'

/** Tells how many samples an event has that no event before it had. */
export function startCountingSamples(): (event: RunEvent) => number {
  const before = { settling: 0, watching: 0 }

  return (event) => {
    if (event.kind === 'written') Object.assign(before, { settling: 0, watching: 0 })
    if (event.kind !== 'settling' && event.kind !== 'watching') return samplesOf(event)
    const more = event.now.samples - before[event.kind]
    before[event.kind] = event.now.samples
    return more
  }
}

/** How many samples an event tells of. */
function samplesOf(event: RunEvent): number {
  if (
    event.kind === 'preflight-replies' ||
    event.kind === 'awaited-switch' ||
    event.kind === 'sampled-further'
  )
    return event.samples
  if (event.kind === 'restore-unstamped') return event.replies
  return event.kind === 'attempt-ended' ? event.ended.samples : 0
}
