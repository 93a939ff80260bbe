import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { GatewayPods } from '../../gateways/gateway-pods.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { TOLERATED } from '../../split/judge/no-reply.ts'
import { checkBackends } from '../../workloads/check-backends.ts'
import type { Endpoints, NamedDestination } from '../../workloads/ready-endpoints.ts'
import { isBehindGateway } from '../diagnosis/own-reply.ts'
import type { Context } from '../model/context.ts'
import { percentText } from '../model/percents.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { outcomesText } from './outcomes-text.ts'

/** What the connections before the write met if none was answered. */
export type Unanswered = {
  /** The error by what the connections met alone. */
  nothing: Problem
  samples: readonly ProbeSample[]
  /** What took the samples. */
  probe: Probe | undefined
  gatewayPods: Promise<GatewayPods | undefined>
}

/** How connections end if the destination behind the gateway fails. Without a listener they would be refused. */
const BEHIND: readonly Unclassified[] = ['closed', 'reset', 'connect timeout', 'timeout']

/**
 * What it means that no connection was answered before the write. If the destinations with weight have no ready
 * Pod, that is the cause. A write that moves all traffic from them to destinations with ready Pods continues with a
 * warning: it restores service. If the cause is not shown, only a run that keeps its weights continues.
 */
export async function judgeNothingAnswered(
  context: Context,
  shiftPlan: ShiftPlan,
  { nothing, samples, probe, gatewayPods }: Unanswered,
  signal: AbortSignal,
): Promise<Problem> {
  if (!samples.every((sample) => mayBeBehind(probe, sample))) return nothing
  const { options } = context
  const { edit } = shiftPlan
  const [first] = shiftPlan.checks
  const named = edit.names.flatMap((name, index): Sided[] => {
    const destination = edit.destinations[index]
    const [now, then] = [edit.presentShares[index] ?? 0, first?.target[index] ?? 0]
    return destination === undefined ? [] : [{ name, destination, now, then }]
  })
  const ready = await readyPods(context, shiftPlan, { named, gatewayPods }, signal)
  const holders = named.filter(({ now }) => now > 0)
  const gainers = named.filter(({ now, then }) => then > now)
  const haveNoPods = holders.every(({ name }) => ready.get(name)?.ready === 0)
  const left = holders.reduce((sum, { then }) => sum + then, 0)
  const rescues =
    options.mode === 'shift' &&
    left <= TOLERATED &&
    gainers.length > 0 &&
    gainers.every(({ name }) => (ready.get(name)?.ready ?? 0) > 0)
  if (rescues && (haveNoPods || options.onFailure === 'keep'))
    return warning(
      'ITS-NO-RECOGNIZED-REPLY',
      `${holdersText(holders, ready)}, and none of ${samples.length} ${shiftPlan.unit}s got a recognized reply before the write (${outcomesText(samples, shiftPlan.unit)}). The write moves the traffic to ${gainers.map(({ name }) => podsText(name, ready)).join(', ')}.`,
    )
  if (haveNoPods)
    return problem(
      nothing.code,
      `${nothing.what} ${holdersText(holders, ready)}.`,
      `${lookText(context, holders, ready)}${options.mode === 'shift' ? takeAll(holders) : ''}`,
    )
  if (!rescues) return nothing
  const names = holders.map(({ name }) => name).join(', ')
  return problem(
    nothing.code,
    `${nothing.what} ${holdersText(holders, ready)}, so the gateway, the probe or ${names} may be at fault.`,
    `${nothing.remedy}\nIf ${names} fails although its Pods are ready, use on-failure: keep to move the traffic away anyway.`,
  )
}

type Sided = NamedDestination & { now: number; then: number }
type Ready = ReadonlyMap<string, Endpoints>

function mayBeBehind(probe: Probe | undefined, { classified }: ProbeSample): boolean {
  // Before the first write of a run with stamps, no reply shows its destination.
  if (classified.kind === 'previous') return classified.error && isBehindGateway(classified.own)
  if (classified.kind !== 'unclassified') return false
  if (classified.why === 'gateway reply') return isBehindGateway(classified.own)
  if (classified.why === 'failed' && probe?.failsAnywhere) return true
  return classified.detail === '' && BEHIND.includes(classified.why)
}

/** The Pods of each destination that could be counted; none where the look failed, since it is made only to explain. */
async function readyPods(
  context: Context,
  { object, apiVersion }: ShiftPlan,
  { named, gatewayPods }: { named: readonly Sided[] } & Pick<Unanswered, 'gatewayPods'>,
  signal: AbortSignal,
): Promise<Ready> {
  const where = {
    ...context,
    kind: object.kind,
    apiVersion,
    namespace: object.namespace,
    gatewayPods,
  }
  const { counts } = await checkBackends(where, named, signal)
  return new Map(
    counts.flatMap(({ name, counted }) =>
      'severity' in counted ? [] : [[name, counted] as const],
    ),
  )
}

function holdersText(holders: readonly Sided[], ready: Ready): string {
  return holders.map(({ name, now }) => `${podsText(name, ready, now)}`).join(', ')
}

/** `v1 has 100% and no ready Pod`. */
function podsText(name: string, ready: Ready, share?: number): string {
  const count = ready.get(name)?.ready
  const pods =
    count === undefined
      ? 'Pods that could not be counted'
      : count === 0
        ? 'no ready Pod'
        : `${count} ready Pod${count === 1 ? '' : 's'}`
  return share === undefined
    ? `${name}, which has ${pods}`
    : `${name} has ${percentText(share)} and ${pods}`
}

function lookText(context: Context, holders: readonly Sided[], ready: Ready): string {
  const commands = holders.flatMap(({ name }) => {
    const found = ready.get(name)
    if (found === undefined) return []
    return `  ${kubectl(context.workloads, found.namespace)} get pods --selector ${shellQuoted(found.selector)}`
  })
  return ['Check the Pods:', ...commands].join('\n')
}

function takeAll(holders: readonly Sided[]): string {
  const names = holders.map(({ name }) => name).join(', ')
  return `\nTo move all traffic away from ${names}, write 0% at once, without steps, and send the traffic to destinations with ready Pods.`
}
