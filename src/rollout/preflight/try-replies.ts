import type { Draw } from '../../evidence/probe/prober.ts'
import { type Finding, problem } from '../../kube/finding.ts'
import { endpointText } from '../../options/endpoint.ts'
import type { Endpoint } from '../../options/options.ts'
import type { Answered } from '../../split/judge/who-is-silent.ts'
import type { Gateway } from '../check/proof-order.ts'
import type { Context } from '../model/context.ts'
import { findClientLimits } from './client-limits.ts'
import { metText } from './met-text.ts'
import type { SamplingOrder } from './preflight-sampling.ts'
import { answeredBy, sampleBeforeWrite } from './sample-before-write.ts'
import { mendReplies } from './see-replies.ts'
import { findUnfitExpression } from './unfit-expression.ts'

/** What the connections before the write showed. */
export type TriedReplies = {
  findings: Finding[]
  heard: Answered
  draws: readonly Draw[]
  /** The error where none got a known reply, which what the cluster shows may explain. */
  nothing?: Finding
}

/** Where they are made, to which destinations. */
export type Trial = {
  gateway: Gateway
  endpoint: Endpoint
  names: readonly string[]
  order: SamplingOrder
}

/**
 * Opens the connections before the write. A reply that two expectations match is an error.
 */
export async function tryReplies(
  context: Context,
  { gateway, endpoint, names, order }: Trial,
  signal: AbortSignal,
): Promise<TriedReplies> {
  const draws = await sampleBeforeWrite(context, gateway, order, signal)
  const heard = answeredBy(draws, names.length)
  const { counts, unclassified } = heard
  context.emit({
    kind: 'preflight-replies',
    connections: draws.length,
    byDestination: Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0])),
    unclassified,
  })
  const limits = findClientLimits(draws, endpoint)
  const unfit = findUnfitExpression(draws)
  if (unfit) return { findings: [unfit, ...limits], heard, draws }
  if (unclassified === 0 || counts.some((count) => count > 0) || signal.aborted)
    return { findings: limits, heard, draws }
  const nothing = problem(
    'preflight',
    `none of ${draws.length} connections to ${endpointText(endpoint)} got a reply that expect knows: ${metText(draws)}`,
    mendReplies(context.options, endpoint, draws),
  )
  return { findings: limits, heard, draws, nothing }
}
