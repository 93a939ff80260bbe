import type { Budget, EvidenceSource, Sampling } from '../evidence-source.ts'
import { type ProbeSample, sampleOf } from '../probe/probe-sample.ts'
import { startQueue } from './merging/queue.ts'
import type { PodLaunch } from './merging/rounds.ts'
import { startThinning } from './merging/thinning.ts'
import { type JobSettings, type PodFlow, startPodFlow } from './pod-flow.ts'
import { startPodPlaces } from './pod-places.ts'
import type { PodStreams } from './pod-streams.ts'

/** Samples that the Pods of a Job take from before the write to the end of the run, at a pace of their own. */
export type JobSource = EvidenceSource<ProbeSample> & {
  /**
   * Goes on with the Pods of another Job, which has another pace, as soon as each of them has reported samples. Resolves when
   * nothing more is needed of the Job before, which may then be deleted, and when this source is closed.
   */
  switchTo(next: PodStreams): Promise<void>
  /** Launches a second of each Pod in the later half of its time; undefined before two of them. */
  ratesPerSecond(): (number | undefined)[]
  /** Whether each Pod has launched samples for so long, or is over. */
  haveLaunchedFor(ms: number): boolean
  /** Reads nothing more. */
  close(): void
}

/** Lines of the log are seldom as late as that. See pod-clock.ts. */
const MARGIN_MS = 200
/** Lines whose delays differ by this may all be late by as much again. */
const UNSTEADY_TIMES = 2

/** The samples of one Job, and of those that it was switched to. `from` and `until` bound their launches. */
type Part = {
  flow: PodFlow
  /** By Pod, the number of its place. */
  placeOf: readonly number[]
  fromMs: number
  untilMs: number
  onProgress: () => void
}

/** Samples of a Job that have a place in the order of judging. They come from the Pods of `streams`, which are listened to at once. */
export function jobSource(streams: PodStreams, settings: JobSettings): JobSource {
  const { nowMs, showsErrors = false, takesAll = false, marginMs = MARGIN_MS } = settings
  const samplings = new Set<Taking>()
  const parts = new Set<Part>()
  const switches = new Set<() => void>()
  const places = startPodPlaces(streams.pods)
  let latest = startPart(streams, Number.NEGATIVE_INFINITY)

  function startPart(from: PodStreams, fromMs: number): Part {
    const part: Part = {
      flow: startPodFlow(from, settings, {
        onLaunch(launch) {
          const { launchedMs } = launch
          if (launchedMs < part.fromMs || launchedMs >= part.untilMs) return
          for (const one of samplings) one.offer(part, launch)
        },
        onProgress() {
          for (const one of samplings) one.handOver()
          part.onProgress()
        },
      }),
      placeOf: places.of(from.pods),
      fromMs,
      untilMs: Number.POSITIVE_INFINITY,
      onProgress: () => undefined,
    }
    part.flow.open()
    parts.add(part)
    return part
  }

  function end(part: Part): void {
    part.flow.close()
    parts.delete(part)
  }

  return {
    details: new Set(showsErrors ? ['order', 'latency', 'errors'] : ['order', 'latency']),
    places: places.places,
    start(budget, take) {
      const { flow } = latest
      const waitMs = Math.max(marginMs, UNSTEADY_TIMES * flow.unsteadyMs())
      const fromMs = takesAll
        ? Number.NEGATIVE_INFINITY
        : nowMs() + (budget.isConfirmed === true ? waitMs : 0)
      const taking = startTaking({ budget, fromMs, pods: streams.pods.length }, take)
      samplings.add(taking)
      return {
        launched: taking.launched,
        stop() {
          taking.stop()
          samplings.delete(taking)
        },
      }
    },
    switchTo(next) {
      const before = latest
      const after = startPart(next, Number.POSITIVE_INFINITY)
      latest = after
      return new Promise((resolve) => {
        switches.add(resolve)
        after.onProgress = () => {
          if (!after.flow.isFlowing()) return
          after.fromMs = nowMs()
          before.untilMs = after.fromMs
          after.onProgress = () => undefined
          // Its Pods may have ended, and report nothing more.
          before.onProgress()
        }
        before.onProgress = () => {
          if (!before.flow.areComplete(before.untilMs)) return
          end(before)
          switches.delete(resolve)
          resolve()
        }
      })
    },
    ratesPerSecond: () => latest.flow.ratesPerSecond(),
    haveLaunchedFor: (ms) => latest.flow.haveLaunchedFor(ms),
    close() {
      for (const part of parts) end(part)
      for (const resolve of switches) resolve()
    },
  }
}

type Taking = Sampling & {
  /** A launch, in the order of judging. */
  offer(part: Part, launch: PodLaunch): void
  /** Hands over the samples that have ended, up to the first one that has not. */
  handOver(): void
}

type Order = { budget: Budget; fromMs: number; pods: number }

/** Which samples are taken is decided before their results are looked at. */
function startTaking({ budget, fromMs, pods }: Order, take: (sample: ProbeSample) => void): Taking {
  const { most = () => Number.POSITIVE_INFINITY, samplesPerSecond } = budget
  const thinning =
    samplesPerSecond === undefined ? undefined : startThinning(samplesPerSecond, pods, fromMs)
  const taken = startQueue<{ part: Part; launch: PodLaunch }>()
  let launched = 0
  let unopened = 0
  let isStopped = false

  return {
    launched: () => launched,
    stop() {
      isStopped = true
      taken.clear()
    },
    offer(part, launch) {
      const { pod, launchedMs } = launch
      if (launchedMs < fromMs || launched - unopened >= most()) return
      if (thinning?.takes(pod, launchedMs) === false) return
      launched += 1
      taken.push({ part, launch })
    },
    handOver() {
      for (;;) {
        const next = isStopped ? undefined : taken.first()
        const result = next?.part.flow.resultOf(next.launch)
        if (next === undefined || result === undefined) return
        taken.shift()
        const { classified, tookMs } = result
        if (classified.kind === 'client-limit') unopened += 1
        const { pod, launchedMs } = next.launch
        const sample = sampleOf(classified, launchedMs, tookMs)
        sample.stream = pod
        sample.place = next.part.placeOf[pod] ?? 0
        take(sample)
      }
    },
  }
}
