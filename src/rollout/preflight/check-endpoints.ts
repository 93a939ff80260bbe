import type { FoundGateway } from '../../gateways/gateway-search.ts'
import { ApiError } from '../../kube/api-error.ts'
import { findingFor } from '../../kube/api-problem.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { checkBackends } from '../../workloads/check-backends.ts'
import {
  type Endpoints,
  type NamedDestination,
  noneReady,
} from '../../workloads/ready-endpoints.ts'
import type { Context } from '../model/context.ts'
import type { PlanInput } from '../plan/shift-plan.ts'

/** What is wrong behind destinations that were not heard, and their Pods by the destination's name. */
export type Looked = { findings: Problem[]; endpoints: ReadonlyMap<string, Endpoints> }

export const NOT_LOOKED: Looked = { findings: [], endpoints: new Map() }

/** The looks at the gateway that go on meanwhile. */
type Looks = { locating: Promise<FoundGateway>; connecting: Promise<{ replyCounts: ReplyCounts }> }

/**
 * A reply shows more than the API server does: the subset exists and serves. So only destinations without a reply are
 * looked up: those that have no share yet at once, since they cannot have replied, and the others once the connections
 * have ended. Where stamps are to name destinations, no reply names one before the write, so all are looked up at once.
 */
export async function lookAtEndpoints(
  context: Context,
  shiftPlan: PlanInput,
  { locating, connecting }: Looks,
  signal: AbortSignal,
): Promise<Looked> {
  const { weighted, edit } = shiftPlan
  const { mode, stamp } = context.options
  const probing = mode !== 'plan' && !stamp
  const indexOf = ({ name }: NamedDestination) => edit.names.indexOf(name)
  const mayReply = (one: NamedDestination) => probing && (edit.presentShares[indexOf(one)] ?? 0) > 0
  // Why it was not found is said by the look that connects.
  const gatewayPods = locating.then((found) => found.pods).catch(() => undefined)
  const hearing = weighted.some(mayReply)
    ? connecting.then(({ replyCounts }) => replyCounts)
    : NO_ONE
  const [early, late] = await Promise.all([
    lookUp(
      context,
      shiftPlan,
      { destinations: weighted.filter((one) => !mayReply(one)), gatewayPods },
      signal,
    ),
    hearing.then(({ counts }) => {
      const unanswered = weighted.filter((one) => mayReply(one) && !counts[indexOf(one)])
      const samples = counts.reduce((sum, count) => sum + count, 0)
      const isUnanswered = (one: NamedDestination) =>
        (1 - (edit.presentShares[indexOf(one)] ?? 0)) ** samples < CHANCE
      return lookUp(
        context,
        shiftPlan,
        { destinations: unanswered, isUnanswered, gatewayPods },
        signal,
      )
    }),
  ])
  return {
    findings: [...early.findings, ...late.findings],
    endpoints: new Map([...early.endpoints, ...late.endpoints]),
  }
}

const NO_ONE: Promise<ReplyCounts> = Promise.resolve({ counts: [], unclassified: 0 })

/** A destination that would have answered none of the connections by so small a chance does not serve. */
const CHANCE = 0.05

type Unanswered = {
  gatewayPods: Promise<FoundGateway['pods'] | undefined>
  destinations: readonly NamedDestination[]
  isUnanswered?: (one: NamedDestination) => boolean
}

async function lookUp(
  context: Context,
  { object, apiVersion }: PlanInput,
  { destinations, gatewayPods, isUnanswered = () => false }: Unanswered,
  signal: AbortSignal,
): Promise<Looked> {
  if (destinations.length === 0) return NOT_LOOKED
  const where = {
    ...context,
    kind: object.kind,
    apiVersion,
    namespace: object.namespace,
    gatewayPods,
  }
  const { counts, findings, failures } = await checkBackends(where, destinations, signal)
  if (signal.aborted && failures.length > 0) throw failures[0]
  const lookedAt = counts.flatMap(({ name, counted }) => {
    if ('severity' in counted) return [counted]
    if (counted.ready > 0) return []
    // Without a Pod here it may run elsewhere; with a share, it would have answered.
    const [one] = destinations.filter((other) => other.name === name)
    return counted.pods > 0 || (one && isUnanswered(one))
      ? [noneReady(name, counted, context.workloads)]
      : [perhapsElsewhere(name, counted)]
  })
  const endpoints = counts.flatMap(({ name, counted }) =>
    'severity' in counted ? [] : [[name, counted] as const],
  )
  return {
    findings: [...failures.map(lookFailed), ...findings, ...lookedAt],
    endpoints: new Map(endpoints),
  }
}

function perhapsElsewhere(name: string, { selector, namespace }: Endpoints): Problem {
  return warning(
    'ITS-PODS-ELSEWHERE',
    `Not checked: ready endpoints of ${name}. No Pod in this cluster has ${selector} in namespace ${namespace}. Connections to ${name} are lost unless it runs in another cluster or on virtual machines.`,
  )
}

function lookFailed(error: unknown): Problem {
  if (!(error instanceof ApiError)) throw error
  return findingFor(error, 'reading from the cluster')
}
