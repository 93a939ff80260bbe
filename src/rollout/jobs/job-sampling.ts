import type { Budget, EvidenceSource, Sampling } from '../../evidence/evidence-source.ts'
import { type JobSource, jobSource } from '../../evidence/jobs/job-source.ts'
import type { LostPod } from '../../evidence/jobs/pod-flow.ts'
import type { Recognition } from '../../evidence/probe/classify.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { pause } from '../../kube/pause.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../model/context.ts'
import type { Reach } from '../reach/reach.ts'
import { systemTimer } from '../time-limits.ts'
import { type JobPaces, startPaces } from './job-paces.ts'
import type { JobSettings } from './job-settings.ts'
import { newJobName } from './manifest/job-labels.ts'
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
export const LONG_PHASE_MS = 8000

/** A Job whose samples are read. */
type Opened = { job: RunningJob; source: JobSource }

/** Takes samples from the Pods of Jobs: the first one is given, the others are started as the pace changes. */
export function startSampling(
  context: Context,
  settings: JobSettings,
  first: RunningJob,
  order: SamplingOrder,
): JobSampling {
  const { options, nowMs, redact, jobs, startTimer = systemTimer } = context
  const { recognition, destinations, isMeasuring } = order
  const over = new AbortController()
  const breaking = new AbortController()
  let broken: { how: HowLost; lost: LostPod } | undefined
  let pace = options.ratePerSecond
  let current = opened(first)
  const measured = isMeasuring ? measuredSource(current.source) : undefined
  let paces = pace === undefined ? undefined : pacesOf(current, pace)

  function opened(job: RunningJob): Opened {
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
    return { job, source }
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
    paces = pacesOf(current, measuredPace)
    before.source.close()
    leave(before.job)
  }

  function leave(job: RunningJob): void {
    job.close()
    remove(job.name)
  }

  /** One that could not be removed is removed at the end of the run. */
  function remove(name: string): void {
    jobs.remove(name, over.signal).catch(() => undefined)
  }

  function pacesOf({ job, source }: Opened, rate: number): JobPaces {
    return startPaces(
      { job, rate },
      { startAt, switchTo: (next) => source.switchTo(next.streams), leave: (left) => leave(left) },
    )
  }

  /** The run goes on whether there is such a Job or not, so its start is not reported. */
  async function startAt(rate: number, signal: AbortSignal): Promise<RunningJob | undefined> {
    const name = newJobName(settings.object)
    const started = await startJob(
      { ...context, emit: () => undefined },
      settings,
      { ratePerSecond: rate, name },
      AbortSignal.any([signal, over.signal]),
    ).catch(() => undefined)
    if (started !== undefined && 'streams' in started) return started
    remove(name)
    return undefined
  }

  function start(budget: Budget, take: (sample: ProbeSample) => void): Sampling {
    if (paces === undefined) return (measured ?? current.source).start(budget, take)
    const needed = neededPace(budget)
    const { asked, ask } = paces
    if (needed > asked()) ask(needed)
    const stopSlowing =
      needed < asked() ? startTimer(LONG_PHASE_MS, () => ask(needed)) : () => undefined
    const sampling = current.source.start(budget, take)
    return {
      launched: sampling.launched,
      stop() {
        stopSlowing()
        sampling.stop()
      },
    }
  }

  /** A phase that needs nearly all samples has the full pace. */
  function neededPace({ samplesPerSecond = Number.POSITIVE_INFINITY }: Budget): number {
    const full = pace ?? Number.POSITIVE_INFINITY
    const slower = Math.max(samplesPerSecond, slowestPace(options))
    return slower <= SLOW_PART * full ? slower : full
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
      paces?.close()
      current.source.close()
      const { job } = current
      for (const open of new Set([job, paces?.present() ?? job])) open.close()
    },
  }
}

/** Launches a second that all Pods together keep up. */
function paceOf(source: JobSource, { job }: Context['options']): number {
  const rates = source.ratesPerSecond().flatMap((rate) => rate ?? [])
  const slowest = rates.length === 0 ? 1 : Math.min(...rates)
  return Math.max(slowestPace({ job }), PART_OF_MEASURED * slowest * job.pods)
}

/** Each Pod takes a sample every two seconds. */
function slowestPace({ job: { pods } }: Pick<Context['options'], 'job'>): number {
  return pods / 2
}
