import { type Queue, startQueue } from './queue.ts'

/** One sample of a Pod. Times in milliseconds of the run's clock. */
export type PodLaunch = {
  readonly pod: number
  readonly launchedMs: number
  /** How it ended; undefined: it has not, or nothing was reported of it. */
  result: PodLaunchResult | undefined
}

/** `outcome` is the number of an outcome that the Pod reported; `lost`: the Pod is gone, and nothing more will be known. */
export type PodLaunchResult = { outcome: number | 'lost'; tookMs: number }

/**
 * The order in which the samples of all Pods are judged. It is made of launches alone, so no outcome can change it: taking
 * samples as they arrive would favor the faster version, and so would leaving out a Pod that is silent because a sample hangs.
 *
 * A round is a span of time. It has what each Pod launched within it, Pod by Pod in a fixed order, and waits until every Pod has
 * reported so far. Pods with the same pace have the same number of samples in it. A Pod that falls behind has fewer, and no
 * backlog grows.
 */
export type Rounds = {
  launched(pod: number, launchedMs: number): void
  /** The next sample of a Pod, in the order of its launches, has ended. Returns false where the Pod has launched none. */
  ended(pod: number, result: PodLaunchResult): boolean
  /** All launches of a Pod up to this time were reported. */
  knownUntil(pod: number, ms: number): void
  /** A Pod launches nothing more. So many launches of it, in addition to those without a result, may not have been reported. */
  over(pod: number, unreported: number): void
  /** Samples of a Pod without a result. */
  open(pod: number): number
  /** Whether all samples that were launched before this time have their places and results. */
  areComplete(untilMs: number): boolean
}

/** Lines of logs come every 20 ms. A longer round would wait longer, a shorter one has hardly a sample of a Pod. */
export const ROUND_MS = 50

/** @param onLaunch takes the launches in the order of judging. Their results may follow later. */
export function startRounds(pods: number, onLaunch: (launch: PodLaunch) => void): Rounds {
  const all = Array.from({ length: pods }, startOrder)
  let turn = 0
  let endsMs = Number.NEGATIVE_INFINITY

  /** Gives places to the launches of a Pod in the round. Returns whether the Pod has reported all of them. */
  function place({ waiting, knownMs }: Order): boolean {
    for (;;) {
      const launch = waiting.first()
      // A launch that is dated before the round belongs to it too: its Pod's clock was set right since.
      if (launch === undefined || launch.launchedMs >= endsMs) return knownMs >= endsMs
      waiting.shift()
      onLaunch(launch)
    }
  }

  function advance(): void {
    for (;;) {
      for (let one = all[turn]; one !== undefined; one = all[turn]) {
        if (!place(one)) return
        turn += 1
      }
      const nextMs = firstMs(all)
      // Nothing more follows, or a Pod has reported nothing yet.
      if (!Number.isFinite(nextMs)) return
      turn = 0
      endsMs = Math.max(endsMs, Math.floor(nextMs / ROUND_MS) * ROUND_MS) + ROUND_MS
    }
  }

  return {
    launched(pod, launchedMs) {
      const one = all[pod]
      if (one === undefined || one.isOver) return
      add(one, { pod, launchedMs, result: undefined })
    },
    ended(pod, result) {
      const launch = all[pod]?.open.shift()
      if (launch === undefined) return false
      launch.result = result
      return true
    },
    knownUntil(pod, ms) {
      const one = all[pod]
      if (one === undefined) return
      one.knownMs = Math.max(one.knownMs, ms)
      advance()
    },
    over(pod, unreported) {
      const one = all[pod]
      if (one === undefined || one.isOver) return
      // A Pod that has reported nothing has no place in the order.
      if (Number.isFinite(one.knownMs))
        for (let i = 0; i < unreported; i++)
          add(one, { pod, launchedMs: one.knownMs, result: undefined })
      one.isOver = true
      one.knownMs = Number.POSITIVE_INFINITY
      for (let launch = one.open.shift(); launch; launch = one.open.shift())
        launch.result = { outcome: 'lost', tookMs: 0 }
      advance()
    },
    open: (pod) => all[pod]?.open.length ?? 0,
    areComplete: (untilMs) =>
      firstMs(all) >= untilMs &&
      all.every(({ open }) => (open.first()?.launchedMs ?? untilMs) >= untilMs),
  }
}

type Order = {
  /** Launches whose turn has not come. */
  waiting: Queue<PodLaunch>
  /** Launches without a result. */
  open: Queue<PodLaunch>
  knownMs: number
  isOver: boolean
}

function startOrder(): Order {
  return {
    waiting: startQueue(),
    open: startQueue(),
    knownMs: Number.NEGATIVE_INFINITY,
    isOver: false,
  }
}

function add({ waiting, open }: Order, launch: PodLaunch): void {
  waiting.push(launch)
  open.push(launch)
}

/** When the next launch is, or may be. */
function firstMs(all: readonly Order[]): number {
  let firstMs = Number.POSITIVE_INFINITY
  for (const { waiting, knownMs } of all)
    firstMs = Math.min(firstMs, waiting.first()?.launchedMs ?? knownMs)
  return firstMs
}
