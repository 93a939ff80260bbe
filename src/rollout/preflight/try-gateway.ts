import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { Expectation } from '../../evidence/probe/expectation.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { Stamps } from '../../evidence/probe/stamps.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Counting } from '../counters/counting.ts'
import type { Context } from '../model/context.ts'
import { countText } from '../model/percents.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import type { Reach } from '../reach/reach.ts'
import { openGateway } from './open-gateway.ts'
import { outcomesText } from './outcomes-text.ts'
import { FIRST_CONNECTIONS, MOST_CONNECTIONS } from './preflight-sampling.ts'
import { findOtherHit, findUnknownHit } from './request/other-hit.ts'
import { type Probing, probingOf } from './request/probing-of.ts'
import { isComplete, requestAt, sentTo, whyNotKnown } from './request/request-of.ts'
import { throughReach, type Way } from './through-reach.ts'
import { needsMeasuring } from './time/time-needed.ts'
import { tryReplies } from './trial-samples.ts'
import { tryUnstamped } from './trial-unstamped.ts'

/** What the samples before the write met; none if there is no gateway, or no complete `expect`. */
export type Connected = {
  gateway: EvidenceSource | undefined
  /** Set where counters of proxies show the split. */
  counting?: Counting | undefined
  replyCounts: ReplyCounts
  samples: readonly ProbeSample[]
  /** What took the samples. */
  probe: Probe | undefined
  /** Those that the samples took in turn, in their order. */
  addresses: readonly string[]
  /** What each sample sends, as far as it decides which rule it hits; undefined where that is not known. */
  request?: ProbeRequest | undefined
  /** Set where replies are to show their destination by stamps. */
  stamps?: Stamps | undefined
  /** The way to the gateway, where it is not a direct one. */
  reach?: Reach | undefined
  findings: Problem[]
  /** The error if none got a recognized reply. */
  nothing?: Problem
}

export const NOT_CONNECTED: Connected = {
  gateway: undefined,
  replyCounts: { counts: [], unclassified: 0 },
  samples: [],
  probe: undefined,
  addresses: [],
  findings: [],
}

/** Finds the gateway and, except in a plan, takes the samples before the write. */
export async function tryGateway(
  context: Context,
  shiftPlan: ShiftPlan,
  { locating, expect }: { locating: Promise<FoundGateway>; expect: readonly Expectation[] },
  signal: AbortSignal,
): Promise<Connected> {
  const { mode, traffic } = context.options
  const located = await locating
  // A plan of a run that counts only what users do: it needs no address.
  if (traffic === 'users') return NOT_CONNECTED
  const { address } = located
  const found = [...located.findings, ...hitsOf(context, shiftPlan, located)]
  if (!address) return { ...NOT_CONNECTED, findings: found }
  if (mode === 'plan') showAddress(context, address)
  // Replies of another rule would only lead to more problems.
  if (mode === 'plan' || found.some(({ severity }) => severity === 'error'))
    return { ...NOT_CONNECTED, findings: found }
  const probing = probingOf(context, shiftPlan.rule, located, expect)
  if (!probing.ok) return { ...NOT_CONNECTED, findings: [...found, ...probing.problems] }
  const { probe, recognition, warnings } = probing.value
  const { rule } = shiftPlan
  const tried = await throughReach<Connected>(
    context,
    { shiftPlan, located, address, probe, recognition, nothing: NOT_CONNECTED },
    (way, signal) => tryAddress(context, shiftPlan, { ...way, recognition }, signal),
    signal,
  )
  const request = located.served ? undefined : sentTo(context, rule, located)
  return { ...tried, request, findings: [...found, ...warnings, ...tried.findings] }
}

/** Whether what the run sends would hit another rule, as far as that is known. */
export function hitsOf(context: Context, shiftPlan: ShiftPlan, located: FoundGateway): Problem[] {
  const request = requestAt(context, shiftPlan.rule, located)
  const ours = located.served ?? shiftPlan
  if (request === undefined) {
    const why = whyNotKnown(context, shiftPlan.rule, located)
    return why === undefined || !isComplete(context) ? [] : findUnknownHit(ours, why)
  }
  const found = findOtherHit(ours, request, context.options.mode)
  return isComplete(context) ? found : found.map((one) => ({ ...one, severity: 'warning' }))
}

/** A plan names the address and takes no samples. */
function showAddress({ emit }: Context, { endpoints, how }: FoundAddress): void {
  const [endpoint, ...others] = endpoints
  const more = others.length > 0 ? `, the first of ${others.length + 1} addresses` : ''
  emit({ kind: 'endpoint', endpoint, how: `${how}${more}`, addresses: [] })
}

/** Takes the samples before the write, where everything that they are recognized by is known. */
async function tryAddress(
  context: Context,
  { edit: { names, presentShares }, unit, checks }: ShiftPlan,
  { recognition, ...way }: Way & Pick<Probing, 'recognition'>,
  signal: AbortSignal,
): Promise<Connected> {
  const { options } = context
  const { probe } = way
  const { stamps, expect } = recognition
  const opened = await openGateway(context, { ...way, recognition }, signal)
  if ('finding' in opened) return { ...NOT_CONNECTED, findings: [opened.finding] }
  const { gateway, endpoint, addresses, findings } = opened
  if (!stamps && expect.length !== names.length) return { ...NOT_CONNECTED, findings }
  const order = {
    // Before the first write no reply shows its destination.
    shares: stamps ? [1] : presentShares,
    least: needsMeasuring(checks, options) ? MOST_CONNECTIONS / 2 : 1,
    most: options.mode === 'shift' ? MOST_CONNECTIONS : FIRST_CONNECTIONS,
  }
  const trial = { gateway, endpoint, probe, names, unit, order }
  const tried = await (stamps ? tryUnstamped : tryReplies)(context, trial, signal)
  // The looks that follow would fail for lack of time, and blame the API server.
  if (signal.aborted && options.mode === 'shift') throw timeUp(tried.samples, unit, options)
  return { gateway, addresses, probe, stamps, ...tried, findings: [...findings, ...tried.findings] }
}

/** The run's time ended while samples were taken. A cancel ends a run as cancelled, whatever this says. */
function timeUp(
  samples: readonly ProbeSample[],
  unit: SampleUnit,
  { probeTimeoutMs }: Context['options'],
): RunError {
  const lost = outcomesText(samples, unit)
  const met = `${countText(samples.length)} of them ended${lost === '' ? '' : `: ${lost}`}`
  const open = unit === 'request' ? 'requests waited for replies' : 'connections were open'
  return new RunError(
    'ITS-TIME-UP',
    `Time ran out while ${open} before the write. ${met}.`,
    `Set a timeout well above probe-timeout (${probeTimeoutMs / 1000} s). If ${unit}s should be faster, check that the server answers what it gets.`,
  )
}
