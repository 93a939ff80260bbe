import type { Classified } from './classify.ts'
import type { Dial, Met } from './met.ts'
import type { Pace } from './pace.ts'

/** One connection: when it was launched, what it met. Times in milliseconds of the caller's clock. */
export type Draw = { launchedMs: number; tookMs: number; classified: Classified }

export type ProberSettings = {
  dial: Dial
  classify: (met: Met) => Classified
  /** Connections in flight, 1 to 256. */
  concurrency: number
  /** What keeps it slower than concurrency allows; shared with whoever else opens connections. */
  paces: readonly Pace[]
  nowMs: () => number
  /** The most connections it opens; undefined: until it is stopped. */
  most?: number
}

export type Probing = { stop(): void }

/** After the client's own limits were met, how long it waits before it dials again. */
const CLIENT_LIMIT_PAUSE_MS = 50

/**
 * Opens connections until it is stopped and hands over each draw in the order of launch, not of
 * completion: completion favours the faster version. So a result waits for those launched before
 * it, and no more than 4 x concurrency are launched and not yet handed over.
 */
export function startProbing(settings: ProberSettings, onDraw: (draw: Draw) => void): Probing {
  const mostAhead = 4 * settings.concurrency
  const waiting = new Map<number, Draw | undefined>()
  const drops = new Map<number, () => void>()
  let launched = 0
  let handedOver = 0
  let stopped = false
  let pausedUntilMs = 0
  let filling = false
  let timer: NodeJS.Timeout | undefined

  function mayLaunch(): boolean {
    return (
      !stopped &&
      launched < (settings.most ?? Number.POSITIVE_INFINITY) &&
      drops.size < settings.concurrency &&
      launched - handedOver < mostAhead
    )
  }

  /** Milliseconds until the rate, or a pause, lets the next connection go. */
  function waitMs(): number {
    const now = settings.nowMs()
    return Math.max(pausedUntilMs - now, ...settings.paces.map((pace) => pace.waitMs(now)))
  }

  function fill(): void {
    // A dial that fails at once comes back here before the launch has returned.
    if (filling) return
    filling = true
    let ms = 0
    while (mayLaunch()) {
      ms = waitMs()
      if (ms > 0) break
      launch()
    }
    filling = false
    if (ms > 0) timer ??= setTimeout(onTimer, ms)
  }

  function onTimer(): void {
    timer = undefined
    fill()
  }

  function launch(): void {
    const number = launched
    const launchedMs = settings.nowMs()
    launched += 1
    for (const pace of settings.paces) pace.launched(launchedMs)
    waiting.set(number, undefined)
    // A dial that fails at once calls back before it returns.
    let ended = false
    const drop = settings.dial((met) => {
      ended = true
      drops.delete(number)
      const classified = settings.classify(met)
      if (classified.kind === 'client-limit')
        pausedUntilMs = settings.nowMs() + CLIENT_LIMIT_PAUSE_MS
      waiting.set(number, { launchedMs, tookMs: settings.nowMs() - launchedMs, classified })
      handOver()
      fill()
    })
    if (!ended) drops.set(number, drop)
  }

  function handOver(): void {
    for (
      let draw = waiting.get(handedOver);
      draw !== undefined && !stopped;
      draw = waiting.get(handedOver)
    ) {
      waiting.delete(handedOver)
      handedOver += 1
      onDraw(draw)
    }
  }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
    for (const drop of drops.values()) drop()
    drops.clear()
    waiting.clear()
  }

  fill()
  return { stop }
}
