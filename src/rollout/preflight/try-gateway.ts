import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import { defaultErrors } from '../../evidence/probe/default-errors.ts'
import type { Expectation } from '../../evidence/probe/expectation.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import { probeWarnings } from '../../evidence/probe/probe-for.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { probeOf } from '../../evidence/probe/probes.ts'
import { type Stamps, startStamps } from '../../evidence/probe/stamps.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import { inputProblem, type Problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { STAMP_HEADER } from '../../routes/weights/stamps.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Context } from '../model/context.ts'
import { countText } from '../model/percents.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { openGateway } from './open-gateway.ts'
import { outcomesText } from './outcomes-text.ts'
import { FIRST_CONNECTIONS, MOST_CONNECTIONS } from './preflight-sampling.ts'
import { findOtherHit } from './request/other-hit.ts'
import { requestAt, settingsFor } from './request/request-of.ts'
import { needsMeasuring } from './time-needed.ts'
import { tryReplies } from './trial-samples.ts'
import { tryUnstamped } from './trial-unstamped.ts'

/** What the connections before the write met; none if there is no gateway, or no complete `expect`. */
export type Connected = {
  gateway: EvidenceSource<ProbeSample> | undefined
  replyCounts: ReplyCounts
  samples: readonly ProbeSample[]
  /** What took the samples. */
  probe: Probe | undefined
  /** Those that the connections took in turn, in their order. */
  addresses: readonly string[]
  /** Set where replies are to show their destination by stamps. */
  stamps?: Stamps | undefined
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

/** Finds the gateway and, except in a plan, opens the connections before the write. */
export async function tryGateway(
  context: Context,
  shiftPlan: ShiftPlan,
  { locating, expect }: { locating: Promise<FoundGateway>; expect: readonly Expectation[] },
  signal: AbortSignal,
): Promise<Connected> {
  const { options } = context
  const located = await locating
  const { address } = located
  const found = [...located.findings, ...hitsOf(context, shiftPlan, located)]
  if (!address) return { ...NOT_CONNECTED, findings: found }
  if (options.mode === 'plan') return planned(context, address, found)
  // Replies of another rule would only lead to more problems.
  if (found.some(({ severity }) => severity === 'error'))
    return { ...NOT_CONNECTED, findings: found }
  const settings = settingsFor(context, shiftPlan.rule, located)
  if (!settings.ok) return { ...NOT_CONNECTED, findings: [...found, ...settings.problems] }
  const probe = probeOf(settings.value)
  const errors = defaultErrors(settings.value.kind, options)
  if (errors === undefined && options.errors !== undefined)
    return { ...NOT_CONNECTED, findings: [...found, errorsNotSeen(settings.value.kind)] }
  const recognition = {
    expect,
    errors: errors && (options.errors ?? errors),
    stamps: options.stamp ? startStamps(STAMP_HEADER) : undefined,
  }
  const { stamps } = recognition
  const opened = await openGateway(context, address, { probe, recognition }, signal)
  if ('finding' in opened) return { ...NOT_CONNECTED, findings: [...found, opened.finding] }
  const before = [...found, ...probeWarnings(settings.value), ...opened.findings]
  const { names, presentShares } = shiftPlan.edit
  if (!stamps && expect.length !== names.length) return { ...NOT_CONNECTED, findings: before }
  const { gateway, endpoint, addresses } = opened
  const order = {
    // Before the first write no reply shows its destination.
    shares: stamps ? [1] : presentShares,
    least: needsMeasuring(shiftPlan.checks, options) ? MOST_CONNECTIONS / 2 : 1,
    most: options.mode === 'shift' ? MOST_CONNECTIONS : FIRST_CONNECTIONS,
  }
  const trial = { gateway, endpoint, probe, names, order }
  const tried = await (stamps ? tryUnstamped : tryReplies)(context, trial, signal)
  // The looks that follow would fail for lack of time, and blame the API server.
  if (signal.aborted && options.mode === 'shift') throw timeUp(tried.samples, options)
  return { gateway, addresses, probe, stamps, ...tried, findings: [...before, ...tried.findings] }
}

/** Whether what the run sends would hit another rule, as far as that is known. */
function hitsOf(context: Context, shiftPlan: ShiftPlan, located: FoundGateway): Problem[] {
  const request = requestAt(context, shiftPlan.rule, located)
  if (request === undefined) return []
  return findOtherHit(located.served ?? shiftPlan, request, context.options.mode)
}

/** A plan names the address and opens no connection. */
function planned(
  context: Context,
  { endpoints, how }: FoundAddress,
  findings: Problem[],
): Connected {
  const [endpoint, ...others] = endpoints
  const more = others.length > 0 ? `, the first of ${others.length + 1} addresses` : ''
  context.emit({ kind: 'endpoint', endpoint, how: `${how}${more}`, addresses: [] })
  return { ...NOT_CONNECTED, findings }
}

function errorsNotSeen(kind: string): Problem {
  return inputProblem(
    'errors',
    'ITS-INPUTS-CONFLICT',
    `errors is only used with probe: http or grpc, and samples of this rule are taken with probe: ${kind}.`,
    'Remove errors, or set probe.',
  )
}

/** The run's time ended while connections were open. A cancel ends a run as cancelled, whatever this says. */
function timeUp(samples: readonly ProbeSample[], { probeTimeoutMs }: Context['options']): RunError {
  const lost = outcomesText(samples)
  const met = `${countText(samples.length)} of them ended${lost === '' ? '' : `: ${lost}`}`
  return new RunError(
    'ITS-TIME-UP',
    `Time ran out while connections were open before the write. ${met}.`,
    `Set a timeout well above probe-timeout (${probeTimeoutMs / 1000} s). If connections should be faster, check that the server answers the payload that it gets.`,
  )
}
