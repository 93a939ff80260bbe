import type { Classified } from '../probe/classify.ts'
import type { Stamps } from '../probe/stamps.ts'
import { type LaunchPace, startLaunchPace } from './launch-pace.ts'
import { type PodLaunch, type Rounds, startRounds } from './merging/rounds.ts'
import { type PodClock, startPodClock } from './pod-clock.ts'
import type { OutcomeEvent, SamplesEvent } from './pod-event.ts'
import type { JobPod, PodStreams, TakePodEvent } from './pod-streams.ts'
import { type ReportedOutcome, readOutcome } from './reported-outcome.ts'
import { withStamps } from './with-stamps.ts'

/** What it takes to read the samples of Jobs. */
export type JobSettings = {
  /** How many destinations the rule has. */
  destinations: number
  probeTimeoutMs: number
  /** What the stamps that Pods report mean; undefined: they report none. */
  stamps?: Stamps | undefined
  /** Whether its samples say which of them are errors. */
  showsErrors?: boolean
  /** Removes secrets from what Pods report. */
  redact: (text: string) => string
  /** Called for each Pod that is lost, or ends without being done. Its samples without a result are unanswered. */
  onLost?: ((lost: LostPod) => void) | undefined
  /** Whether samples count that were launched before the source was started: no write is between them. */
  takesAll?: boolean
  /** How long after a confirmation by proxies a sample must be launched, at least. */
  marginMs?: number | undefined
  nowMs: () => number
}

export type LostPod = {
  pod: JobPod
  /** `silent`: it wrote nothing for longer than a sample can take. */
  cause: 'log' | 'silent' | 'stopped' | 'sidecar-not-ready' | 'failed' | 'damaged'
  /** As a clause. */
  why: string
  /** Pods that are left. */
  left: number
}

/** The samples of the Pods of one Job, in the order in which they are judged. */
export type PodFlow = {
  /** Begins to listen to the Pods. */
  open(): void
  /** Undefined: the result is not there yet. */
  resultOf(launch: PodLaunch): { classified: Classified; tookMs: number } | undefined
  /** Whether each Pod has reported samples, or is over. */
  isFlowing(): boolean
  /** Whether all samples that were launched before this time have their places and results. */
  areComplete: Rounds['areComplete']
  /** How much the delays of the fastest lines differ, in milliseconds. */
  unsteadyMs(): number
  /** Launches a second of each Pod in the later half of its time; undefined before two of them. */
  ratesPerSecond(): (number | undefined)[]
  /** Whether each Pod has launched samples for so long, or is over. */
  haveLaunchedFor(ms: number): boolean
  close(): void
}

/** A Pod writes at least once a second, and a sample takes no longer than `probe-timeout`. */
const SILENCE_BEYOND_TIMEOUT_MS = 5000
const LOOK_EVERY_MS = 500

type PodState = {
  clock: PodClock
  outcomes: Map<number, ReportedOutcome>
  /** When it was last heard of; undefined: nothing has to be heard of it. */
  heardMs: number | undefined
  isOver: boolean
  whyLost: string
  pace: LaunchPace
  lastMs: number
}

/**
 * @param onLaunch takes samples in the order in which they are judged, before their results are known
 * @param onProgress called when results may have come
 */
export function startPodFlow(
  streams: PodStreams,
  settings: JobSettings,
  { onLaunch, onProgress }: { onLaunch: (launch: PodLaunch) => void; onProgress: () => void },
): PodFlow {
  const { nowMs, redact, destinations, probeTimeoutMs, stamps } = settings
  const states = streams.pods.map(startState)
  const rounds = startRounds(states.length, onLaunch)
  const silentAfterMs = probeTimeoutMs + SILENCE_BEYOND_TIMEOUT_MS

  function lose(index: number, cause: LostPod['cause'], text: string): void {
    const [state, pod] = [states[index], streams.pods[index]]
    if (state === undefined || pod === undefined || state.isOver) return
    const why = redact(text)
    state.whyLost = `Pod ${pod.name} was lost: ${why}`
    state.isOver = true
    // A Pod that said how it ended has reported all of its launches.
    const isUnknown = cause === 'log' || cause === 'silent' || cause === 'damaged'
    rounds.over(index, isUnknown ? Math.max(0, streams.inFlight - rounds.open(index)) : 0)
    const left = states.filter(({ isOver }) => !isOver).length
    settings.onLost?.({ pod, cause, why, left })
    onProgress()
  }

  function noteOutcome(index: number, state: PodState, event: OutcomeEvent): void {
    const outcome = readOutcome(event, destinations, redact)
    if (outcome === undefined)
      lose(index, 'damaged', 'its log has a destination that is not in the rule')
    else state.outcomes.set(event.id, outcome)
  }

  function noteSamples(
    index: number,
    state: PodState,
    event: SamplesEvent,
    arrivedMs: number,
  ): void {
    const { launchesMs, results, emittedMs } = event
    state.clock.heard(emittedMs, arrivedMs)
    for (const podMs of launchesMs) {
      const launchedMs = Math.max(state.lastMs, state.clock.toRun(podMs) ?? arrivedMs)
      state.pace.launched(launchedMs)
      state.lastMs = launchedMs
      rounds.launched(index, launchedMs)
    }
    for (const result of results) {
      if (state.outcomes.has(result.outcome) && rounds.ended(index, result)) continue
      lose(index, 'damaged', 'its log has results of samples that are not in it')
      return
    }
    rounds.knownUntil(index, state.clock.toRun(emittedMs) ?? arrivedMs)
    onProgress()
  }

  const take: TakePodEvent = (index, event, arrivedMs) => {
    const state = states[index]
    if (state === undefined || state.isOver) return
    state.heardMs = arrivedMs
    switch (event.kind) {
      case 'hello':
        return state.clock.heard(event.atMs, arrivedMs)
      case 'waiting':
        // It has a time limit of its own.
        state.heardMs = undefined
        return
      case 'outcome':
        return noteOutcome(index, state, event)
      case 'samples':
        return noteSamples(index, state, event, arrivedMs)
      case 'ended':
        if (event.why !== 'done') return lose(index, event.why, event.message ?? 'it was ended')
        state.isOver = true
        rounds.over(index, 0)
        return onProgress()
      case 'lost':
        return lose(index, 'log', event.why)
    }
  }

  let lookedMs = nowMs()
  const looking = setInterval(() => {
    const now = nowMs()
    // While this process did not run, lines came that are still to be read.
    const heldUpMs = Math.max(0, now - lookedMs - 2 * LOOK_EVERY_MS)
    lookedMs = now
    for (const [index, state] of states.entries()) {
      if (state.heardMs === undefined || state.isOver) continue
      state.heardMs += heldUpMs
      const silentMs = now - state.heardMs
      if (silentMs <= silentAfterMs) continue
      lose(index, 'silent', `it wrote nothing for ${Math.round(silentMs / 1000)} s`)
    }
  }, LOOK_EVERY_MS)
  looking.unref()
  let unlisten: (() => void) | undefined

  return {
    open() {
      unlisten = streams.listen(take)
    },
    resultOf({ pod, result }) {
      const state = states[pod]
      if (result === undefined || state === undefined) return undefined
      const outcome = result.outcome === 'lost' ? undefined : state.outcomes.get(result.outcome)
      if (outcome !== undefined)
        return {
          classified: withStamps(outcome.classified, outcome.stamp, stamps),
          tookMs: result.tookMs,
        }
      const lost = { kind: 'unclassified', why: 'failed', detail: state.whyLost } as const
      return { classified: { ...lost, clientLost: true }, tookMs: probeTimeoutMs }
    },
    isFlowing: () =>
      states.every(({ lastMs, isOver }) => lastMs > Number.NEGATIVE_INFINITY || isOver),
    areComplete: rounds.areComplete,
    unsteadyMs: () => Math.max(0, ...states.map(({ clock }) => clock.unsteadyMs())),
    ratesPerSecond: () => states.map(({ pace }) => pace.perSecond()),
    haveLaunchedFor: (ms) => states.every(({ isOver, pace }) => isOver || pace.lastedMs() >= ms),
    close() {
      clearInterval(looking)
      unlisten?.()
    },
  }
}

function startState(): PodState {
  return {
    clock: startPodClock(),
    outcomes: new Map(),
    heardMs: undefined,
    isOver: false,
    whyLost: 'it ended before this sample did',
    pace: startLaunchPace(),
    lastMs: Number.NEGATIVE_INFINITY,
  }
}
