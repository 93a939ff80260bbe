import type { Budget, EvidenceSource, Sampling } from '../../evidence/evidence-source.ts'
import { type JobSource, jobSource } from '../../evidence/jobs/job-source.ts'
import type { LostPod } from '../../evidence/jobs/pod-flow.ts'
import type { Recognition } from '../../evidence/probe/classify.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { pause } from '../../kube/pause.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../model/context.ts'
import type { Reach } from '../reach/reach.ts'
import type { JobSettings } from './job-settings.ts'
import { measuredSource } from './measured-source.ts'
import { brokenJob, type HowLost, howLost, lostWarning } from './pods/lost-pods.ts'
import { type RunningJob, startJob } from './start-job.ts'

/** What samples of a Job need, and whether the first Job only measures the pace. */
export type SamplingOrder = {
  destinations: number
  recognition: Recognition
  isMeasuring: boolean
}

/** The samples of the Jobs of a run, of which one takes samples at a time. */
export type JobSampling = Required<
  Pick<Reach, 'source' | 'prepare' | 'broken' | 'signal' | 'remedy'>
> & { close(): void }

/** Samples come this much more slowly than the slowest Pod could take them, so that it keeps the pace. */
const PART_OF_MEASURED = 0.8
/** How long a pace is measured: the first samples of a new process take many times as long as the others. */
const MEASURED_MS = 1000
const LOOK_EVERY_MS = 20
/** With this part of the pace or less, a phase that lasts is worth a Job of its own. */
const SLOW_PART = 0.25
/** A phase that has taken so long may take long. */
const LONG_MS = 10_000

/** Takes samples from the Pods of Jobs: the first one is given, the others are started as the pace changes. */
export function startSampling(
  context: Context,
  settings: JobSettings,
  first: RunningJob,
  order: SamplingOrder,
): JobSampling {
  const { options, nowMs, redact, jobs } = context
  const { recognition, destinations, isMeasuring } = order
  const over = new AbortController()
  const breaking = new AbortController()
  let broken: { how: HowLost; lost: LostPod } | undefined
  let pace = options.ratePerSecond
  let current = opened(first)
  const measured = isMeasuring ? measuredSource(current.source) : undefined
  let isSwitching = false

  function opened(job: RunningJob): {
    job: RunningJob
    source: JobSource
    rate: number | undefined
  } {
    const source = jobSource(job.streams, {
      destinations,
      probeTimeoutMs: options.probeTimeoutMs,
      stamps: recognition.stamps,
      showsErrors: recognition.errors !== undefined || recognition.attributesCut === true,
      redact,
      onLost: (lost) => void note(lost),
      takesAll: pace === undefined,
      nowMs,
    })
    return { job, source, rate: pace }
  }

  /** Without any Pod there is nothing more to judge. */
  async function note(lost: LostPod): Promise<void> {
    if (over.signal.aborted) return
    const how = await howLost(context, settings.namespace, lost, over.signal)
    if (over.signal.aborted) return
    if (lost.left > 0)
      context.emit({ kind: 'finding', finding: lostWarning(context, lost, how.why) })
    else if (broken === undefined) {
      broken = { how, lost }
      breaking.abort()
    }
  }

  async function prepare(signal: AbortSignal): Promise<void> {
    if (!isMeasuring) return
    const before = current
    while (!before.source.haveLaunchedFor(MEASURED_MS) && !signal.aborted)
      await pause(LOOK_EVERY_MS, signal)
    const measuredPace = paceOf(before.source, options)
    const started = await startJob(context, settings, { ratePerSecond: measuredPace }, signal)
    if ('finding' in started) {
      const { code, what, remedy } = started.finding
      throw new RunError(code, what, remedy)
    }
    pace = measuredPace
    current = opened(started)
    leave(before)
  }

  function leave({ job, source }: { job: RunningJob; source?: JobSource }): void {
    source?.close()
    job.close()
    jobs.remove(job.name, over.signal).catch(() => undefined)
  }

  /** Goes on with a Job of another pace. Where there can be none, the present one stays. */
  async function changePace(rate: number): Promise<void> {
    if (isSwitching || over.signal.aborted) return
    isSwitching = true
    const before = current
    const started = await startJob(context, settings, { ratePerSecond: rate }, over.signal).catch(
      () => undefined,
    )
    if (started !== undefined && 'streams' in started && !over.signal.aborted) {
      current = { ...before, job: started, rate }
      await before.source.switchTo(started.streams)
      leave({ job: before.job })
    }
    isSwitching = false
  }

  function start(budget: Budget, take: (sample: ProbeSample) => void): Sampling {
    const { samplesPerSecond = Number.POSITIVE_INFINITY } = budget
    const full = pace
    const isSlow = full !== undefined && samplesPerSecond <= SLOW_PART * full
    if (!isSlow && full !== undefined && current.rate !== full) void changePace(full)
    const slowing = isSlow
      ? setTimeout(() => void changePace(Math.max(samplesPerSecond, options.job.pods / 2)), LONG_MS)
      : undefined
    const from = pace === undefined && measured !== undefined ? measured : current.source
    const sampling = from.start(budget, take)
    return {
      launched: sampling.launched,
      stop() {
        clearTimeout(slowing)
        sampling.stop()
      },
    }
  }

  return {
    source: {
      details: current.source.details,
      // The last Job's, which takes the samples of checks.
      places: () => current.source.places?.() ?? [],
      start,
    } satisfies EvidenceSource<ProbeSample>,
    prepare,
    broken: () => broken?.how.why,
    signal: breaking.signal,
    remedy: () => broken && brokenJob(context, broken.lost, broken.how),
    close() {
      over.abort()
      current.source.close()
      current.job.close()
    },
  }
}

/** Launches a second that all Pods together keep up. */
function paceOf(source: JobSource, { job: { pods } }: Context['options']): number {
  const rates = source.ratesPerSecond().flatMap((rate) => rate ?? [])
  const slowest = rates.length === 0 ? 1 : Math.min(...rates)
  return Math.max(pods / 2, PART_OF_MEASURED * slowest * pods)
}
