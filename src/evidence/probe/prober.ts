import { LONGEST_DELAY_MS } from '../../kube/within.ts'
import type { Sampling } from '../evidence-source.ts'
import type { Classified } from './classify.ts'
import type { ConnectionOutcome, Dial } from './connection-outcome.ts'
import type { Pace } from './pace.ts'
import { type ProbeSample, sampleOf } from './probe-sample.ts'

export type ProberSettings = {
  dial: Dial
  classify: (outcome: ConnectionOutcome) => Classified
  /** Connections in flight, 1 to 256. */
  concurrency: number
  /** Limits below what concurrency allows; shared by everything that opens connections. */
  paces: readonly Pace[]
  nowMs: () => number
  /**
   * The most connections it opens, asked before each of them as it may grow; those that this client
   * could not open do not count. Undefined: until it is stopped.
   */
  most?: () => number
  /** Called at each launch, before its sample can be handed over. */
  onLaunch?: (launchedMs: number) => void
}

/** How long it waits after this machine was at its own limits. */
const CLIENT_LIMIT_PAUSE_MS = 50

/**
 * Opens connections until it is stopped, and hands over each sample in the order of launch, not of completion:
 * completion favors the faster version. So a result waits for those launched before it, and no more than 4 x concurrency
 * are launched and not yet handed over.
 */
export function startProbing(
  settings: ProberSettings,
  onSample: (sample: ProbeSample) => void,
): Sampling {
  const { dial, classify, concurrency, paces, nowMs, onLaunch } = settings
  const most = settings.most ?? (() => Number.POSITIVE_INFINITY)
  const mostAhead = 4 * concurrency
  // Connections launched and not yet handed over, by the remainder of their number: no two of them share a place, and
  // nothing is allocated for one more, as it would be in a Map.
  const samples: (ProbeSample | undefined)[] = Array(mostAhead).fill(undefined)
  const drops: ((() => void) | undefined)[] = Array(mostAhead).fill(undefined)
  let launched = 0
  let unopened = 0
  let handedOver = 0
  let inFlight = 0
  let stopped = false
  let pausedUntilMs = 0
  let filling = false
  let timer: NodeJS.Timeout | undefined

  function mayLaunch(): boolean {
    return (
      !stopped &&
      inFlight < concurrency &&
      launched - handedOver < mostAhead &&
      launched - unopened < most()
    )
  }

  /** Milliseconds until the rate, or a pause, lets the next connection go. */
  function waitMs(now: number): number {
    let ms = pausedUntilMs - now
    for (const pace of paces) ms = Math.max(ms, pace.waitMs(now))
    return ms
  }

  function fill(): void {
    // A dial that fails at once comes back here before the launch has returned.
    if (filling) return
    filling = true
    let ms = 0
    while (mayLaunch()) {
      const now = nowMs()
      ms = waitMs(now)
      if (ms > 0) break
      launch(now)
    }
    filling = false
    if (ms > 0) timer ??= setTimeout(onTimer, Math.min(ms, LONGEST_DELAY_MS))
  }

  function onTimer(): void {
    timer = undefined
    fill()
  }

  function launch(launchedMs: number): void {
    const place = launched % mostAhead
    launched += 1
    inFlight += 1
    for (const pace of paces) pace.launched(launchedMs)
    onLaunch?.(launchedMs)
    // A dial that fails at once calls back before it returns.
    let ended = false
    const drop = dial((outcome) => {
      ended = true
      inFlight -= 1
      drops[place] = undefined
      const endedMs = nowMs()
      const classified = classify(outcome)
      if (classified.kind === 'client-limit') {
        unopened += 1
        pausedUntilMs = endedMs + CLIENT_LIMIT_PAUSE_MS
      }
      samples[place] = sampleOf(classified, launchedMs, endedMs - launchedMs)
      handOver()
      fill()
    })
    if (!ended) drops[place] = drop
  }

  function handOver(): void {
    while (!stopped) {
      const place = handedOver % mostAhead
      const sample = samples[place]
      if (sample === undefined) return
      samples[place] = undefined
      handedOver += 1
      onSample(sample)
    }
  }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
    for (const drop of drops) drop?.()
    drops.fill(undefined)
    samples.fill(undefined)
  }

  fill()
  return { stop, launched: () => launched }
}
