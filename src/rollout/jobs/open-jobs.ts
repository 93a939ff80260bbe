import { kubectl } from '../../kube/kubectl.ts'
import { jobNamespace } from '../../options/groups/job.ts'
import type { Problem } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { MESH_GATEWAY } from '../../routes/rule.ts'
import type { Context } from '../model/context.ts'
import { MOST_CONNECTIONS } from '../preflight/preflight-sampling.ts'
import { settingsFor } from '../preflight/request/request-of.ts'
import type { Reach } from '../reach/reach.ts'
import type { Taken } from '../reach/taken.ts'
import { removeLeft } from './clean-up.ts'
import { findSelected } from './find-selected.ts'
import { onHostNetwork } from './job-problems.ts'
import { startSampling } from './job-sampling.ts'
import type { JobSettings } from './job-settings.ts'
import { readInjection } from './manifest/injection.ts'
import { plannedSamples } from './manifest/probe-plan-of.ts'
import { inFlightOf, startJob } from './start-job.ts'

/**
 * Lets the Pods of a Job take the samples. Without `rate`, a first Job measures how fast they can be taken, and its
 * samples are those before the write. The Job that lasts is started when preflight has found nothing wrong.
 */
export async function openJobs(
  context: Context,
  task: Taken,
  signal: AbortSignal,
): Promise<Reach | { finding: Problem }> {
  const { options } = context
  const settings = await settingsOf(context, task, signal)
  if (settings.injection.inject !== false && options.job.template.spec?.hostNetwork === true)
    return { finding: onHostNetwork() }
  const [selected, findings] = await findSelected(context, settings, signal)
  if (selected) return { finding: selected }
  await removeLeft(context, settings, signal)
  const rate = options.ratePerSecond
  const pace = rate === undefined ? { most: mostMeasured(options) } : { ratePerSecond: rate }
  const first = await startJob(context, settings, pace, signal)
  if ('finding' in first) return first
  const sampling = startSampling(context, settings, first, {
    destinations: task.shiftPlan.edit.names.length,
    recognition: task.recognition,
    isMeasuring: rate === undefined,
  })
  context.jobs.beforeRemoval(sampling.close)
  return {
    address: { ...task.address, how: howText(context, task, settings) },
    source: sampling.source,
    prepare: sampling.prepare,
    manualCommand: (direct) => inPod(context, settings, direct),
    findings,
    broken: sampling.broken,
    signal: sampling.signal,
    remedy: sampling.remedy,
    brokenCode: 'ITS-JOB-BROKEN',
  }
}

/** A part of `timeout` that a Pod may spend in a state that prevents it from probing, and the most of it. */
const PATIENCE_PART = 0.25
const MOST_PATIENCE_MS = 60_000

async function settingsOf(
  context: Context,
  { shiftPlan, located, address, recognition }: Taken,
  signal: AbortSignal,
): Promise<JobSettings> {
  const { options, run, nowMs, workloads, jobs } = context
  const probe = settingsFor(context, shiftPlan.rule, located)
  if (!probe.ok) throw new RangeError('a Job for samples that cannot be taken')
  const namespace = jobNamespace(options)
  const { endsMs } = jobs
  const isOfMesh = located.arrival?.gateway === MESH_GATEWAY
  const { object } = shiftPlan
  const [endpoint] = address.endpoints
  return {
    namespace,
    object: object.name,
    owner: {
      owner: run.owner,
      objectUid: object.uid,
      run: run.id,
      attempt: run.attempt,
      expiresMs: (workloads.nowMs() ?? Date.now()) + endsMs - nowMs(),
    },
    injection: await readInjection(workloads, namespace, isOfMesh, signal),
    target: { endpoint, addresses: [] },
    samples: plannedSamples(probe.value, recognition, options.probe.given.includes('payload')),
    endsMs,
    patienceMs: Math.min(MOST_PATIENCE_MS, PATIENCE_PART * options.timeoutMs),
  }
}

/** Enough for what preflight looks at, and to show the pace of each Pod when its code is warm. */
function mostMeasured(options: Context['options']): number {
  return Math.max(Math.ceil(MOST_MEASURED / options.job.pods), 20 * inFlightOf(options))
}

/** Of all Pods together; no fewer than `MOST_CONNECTIONS` of preflight. */
const MOST_MEASURED = 10 * MOST_CONNECTIONS

/** The Pods are new ones: what older Pods of the same clients have is not seen. */
function howText({ options }: Context, { address }: Taken, { injection, namespace }: JobSettings) {
  const { pods } = options.job
  const count = pods === 1 ? 'a Pod' : `${pods} Pods`
  const through =
    pods === 1 ? ', through its own new sidecar' : ', each through its own new sidecar'
  const sidecars = injection.inject ? through : ''
  return `${address.how}, from ${count} of a Job in namespace ${namespace}${sidecars}`
}

const TOOLS = 'nicolaka/netshoot'

/** The command that takes one sample, in a Pod like those of the Job. The input `probe-command` is in their image. */
function inPod(
  { workloads, options }: Context,
  { namespace, injection }: JobSettings,
  direct: string,
): string {
  const image = options.probe.kind === 'command' ? shellQuoted(options.job.image) : TOOLS
  const labels = injection.inject ? " --labels 'sidecar.istio.io/inject=true'" : ''
  return `${kubectl(workloads, namespace)} run probe-test --rm --attach --restart=Never${labels} --image ${image} --command -- sh -c ${shellQuoted(direct)}`
}
