import { planText } from '../../evidence/jobs/plan-text.ts'
import type { PodStreams } from '../../evidence/jobs/pod-streams.ts'
import type { ProbePlan } from '../../evidence/jobs/probe-plan.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { notCreated } from './job-problems.ts'
import type { JobPace, JobSettings } from './job-settings.ts'
import { newJobName } from './manifest/job-labels.ts'
import { type JobOrder, SECRETS_FILE } from './manifest/job-manifest.ts'
import { planTooLong } from './plan-too-long.ts'
import { awaitPods, withZones } from './pods/await-pods.ts'
import { followLogs } from './pods/followed-logs.ts'

/** A Job whose Pods all report samples. */
export type RunningJob = {
  name: string
  namespace: string
  streams: PodStreams
  /** Follows its logs no more. */
  close(): void
}

/** How much longer a Job may last than the run, in seconds: clocks differ, and Pods start later than their Job. */
const SLACK_SECONDS = 5

/** Creates a Job, and waits until all of its Pods report samples. */
export async function startJob(
  context: Context,
  settings: JobSettings,
  pace: JobPace,
  signal: AbortSignal,
): Promise<RunningJob | { finding: Problem }> {
  const { workloads, options, nowMs, jobs, emit } = context
  const { namespace, samples } = settings
  const plan = planOf(context, settings, pace)
  const finding = planTooLong(plan)
  if (finding !== undefined) return { finding }
  const order = orderOf(context, settings, plan, pace.name)
  const created = await jobs.create(order, samples.secrets, signal)
  if (created.refused)
    return { finding: await notCreated({ workloads, namespace }, created.refused, signal) }
  const logs = followLogs(workloads, namespace, nowMs)
  const { name, image, pods } = order
  const named = { workloads, namespace, name, image, pods }
  try {
    const finding = await awaitPods(
      {
        ...named,
        ...{ logs, nowMs, patienceMs: settings.patienceMs },
        onProgress: (progress) => emit({ kind: 'job', progress }),
      },
      signal,
    )
    if (finding !== undefined) {
      logs.close()
      return { finding }
    }
    const placed = await withZones(workloads, logs.pods(), signal)
    const inFlight = inFlightOf(options)
    const listen: PodStreams['listen'] = (take) => logs.listen(placed, take)
    return { name, namespace, streams: { pods: placed, inFlight, listen }, close: logs.close }
  } catch (error) {
    logs.close()
    throw error
  }
}

/** Samples in flight in each Pod. */
export function inFlightOf({ concurrency, job }: Context['options']): number {
  return Math.max(1, Math.floor(concurrency / job.pods))
}

function planOf({ options, nowMs }: Context, settings: JobSettings, pace: JobPace): ProbePlan {
  const { injection, samples } = settings
  const { pods } = options.job
  return {
    target: settings.target,
    probe: samples.probe,
    recognition: samples.recognition,
    timeoutMs: options.probeTimeoutMs,
    concurrency: inFlightOf(options),
    lastsMs: Math.ceil(Math.max(1000, settings.endsMs - nowMs())),
    ...(pace.ratePerSecond !== undefined && { ratePerSecond: pace.ratePerSecond / pods }),
    ...(pace.most !== undefined && { most: pace.most }),
    ...(injection.inject === true && { mesh: { sidecarTimeoutMs: settings.patienceMs } }),
    ...(samples.secrets !== undefined && { secretsFile: SECRETS_FILE }),
  }
}

function orderOf(
  { options, jobs }: Context,
  { namespace, owner, injection, samples, object }: JobSettings,
  plan: ProbePlan,
  name = newJobName(object),
): JobOrder {
  const { pods, image, template } = options.job
  const hasSecret = samples.secrets !== undefined
  return {
    name,
    ...{ namespace, owner, pods, image, template, injection, hasSecret },
    startsCommands: samples.probe.kind === 'command',
    command: ['node'],
    args: ['--input-type=commonjs', '--eval', jobs.script(), planText(plan)],
    deadlineSeconds: Math.ceil(plan.lastsMs / 1000) + SLACK_SECONDS,
  }
}
