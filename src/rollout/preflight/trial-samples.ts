import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import { endpointText } from '../../kube/endpoint.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Context } from '../model/context.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import { findClientLimits } from './client-limits.ts'
import { noneText } from './outcomes-text.ts'
import type { SamplingTask } from './preflight-sampling.ts'
import { explainedIn, remedyForReplies } from './probe-hints.ts'
import { answeredBy, reportReplies, sampleBeforeWrite } from './sample-before-write.ts'
import { findUnfitExpression } from './unfit-expression.ts'

/** What the connections before the write showed. */
export type TriedReplies = {
  findings: Problem[]
  replyCounts: ReplyCounts
  samples: readonly ProbeSample[]
  /** The error if none got a recognized reply, which what the cluster shows may explain. */
  nothing?: Problem
}

/** Where connections are opened, and to which destinations. */
export type Trial = {
  gateway: EvidenceSource<ProbeSample>
  endpoint: Endpoint
  probe: Probe
  names: readonly string[]
  /** What samples are called. */
  unit: SampleUnit
  order: SamplingTask
}

/** Opens the connections before the write. A reply that two expectations match is an error. */
export async function tryReplies(
  context: Context,
  trial: Trial,
  signal: AbortSignal,
): Promise<TriedReplies> {
  const { gateway, names, order } = trial
  const samples = await sampleBeforeWrite(context, gateway, order, signal)
  const { counts, unclassified } = answeredBy(samples, names.length)
  reportReplies(
    context,
    {
      samples: samples.length,
      byDestination: Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0])),
      unclassified,
    },
    signal,
  )
  return shownBy(context, trial, samples, signal)
}

/** What the samples before the write showed, and the error if none got a recognized reply. */
export function shownBy(
  context: Context,
  { endpoint, probe, names, unit }: Pick<Trial, 'endpoint' | 'probe' | 'names' | 'unit'>,
  samples: readonly ProbeSample[],
  signal: AbortSignal,
): TriedReplies {
  const replyCounts = answeredBy(samples, names.length)
  const { counts, unclassified } = replyCounts
  const limits = findClientLimits(samples, endpoint)
  const unfit = findUnfitExpression(samples)
  if (unfit) return { findings: [unfit, ...limits], replyCounts, samples }
  if (unclassified === 0 || counts.some((count) => count > 0) || signal.aborted)
    return { findings: limits, replyCounts, samples }
  const own = explainedIn(context, samples)
  const nothing = problem(
    own === undefined ? 'ITS-NO-RECOGNIZED-REPLY' : 'ITS-ANSWERED-BY-GATEWAY',
    `${noneText(samples, endpointText(endpoint), unit)}${own === undefined ? '' : ` ${own.what}`}`,
    `${own === undefined ? '' : `${own.remedy}\n`}${remedyForReplies({ ...context.options, probe }, endpoint, samples)}`,
  )
  return { findings: limits, replyCounts, samples, nothing }
}
