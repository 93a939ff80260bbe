import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { Stamps } from '../../evidence/probe/stamps.ts'
import { finderFor } from '../../gateways/finders.ts'
import type { FoundGateway } from '../../gateways/gateway-search.ts'
import { ApiError } from '../../kube/api-error.ts'
import { findingFor } from '../../kube/api-problem.ts'
import { withSharedReads } from '../../kube/shared-reads.ts'
import type { Problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { findControllers } from '../../routes/controllers/find-controllers.ts'
import { kindOf } from '../../routes/kinds.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import { type Rule, sharesOf } from '../../routes/rule.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Counting } from '../counters/counting.ts'
import { findUnusableMetrics } from '../metrics/unusable-metrics.ts'
import type { Context } from '../model/context.ts'
import type { PlanInput, ShiftPlan } from '../plan/shift-plan.ts'
import { openProxies, type ReadProxies } from '../proxies/open-proxies.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'
import type { Reach } from '../reach/reach.ts'
import { type Looked, lookAtEndpoints, NOT_LOOKED } from './check-endpoints.ts'
import { tryCounted } from './counted/try-counted.ts'
import { findDoubtfulReplies } from './doubtful-replies.ts'
import { judgeNothingAnswered } from './nothing-answered.ts'
import { locateGateway } from './open-gateway.ts'
import { orderedExpectations } from './ordered-expectations.ts'
import { isComplete, requestAt } from './request/request-of.ts'
import { findCannotEnd } from './time/cannot-end.ts'
import { findHealthCannotEnd } from './time/health-cannot-end.ts'
import { type Connected, NOT_CONNECTED, tryGateway } from './try-gateway.ts'
import { tryWrite } from './try-write.ts'

export type Ready = {
  gateway: EvidenceSource | undefined
  /** Set where counters of proxies show the split. */
  counting: Counting | undefined
  /** What the few connections before the write met. */
  replyCounts: ReplyCounts
  stamps: Stamps | undefined
  /** What each sample sends, as far as it decides which rule it hits; undefined where that is not known. */
  request: ProbeRequest | undefined
  /** The way to the gateway, where it is not a direct one. */
  reach: Reach | undefined
  /** The proxies that hold the rule; undefined where none is to be read. */
  proxies: OpenedProxies | undefined
}

/**
 * Checks everything that could make the run fail, at the same time, before anything is written, and reports everything
 * that is wrong in one RunError.
 */
export async function preflight(
  context: Context,
  shiftPlan: ShiftPlan,
  signal: AbortSignal,
): Promise<Ready> {
  const probing = context.options.mode !== 'plan'
  const expect = orderedExpectations(context, shiftPlan)
  const shared = withSharedReads(context)
  const locating = locateGateway(shared, shiftPlan, signal)
  const reading = openProxies(shared, shiftPlan, locating, signal)
  const connecting = orFindings<Connected>(
    isCounting(context)
      ? tryCounted(
          context,
          shiftPlan,
          { locating, opening: openedIn(reading), expect: expect.ordered },
          signal,
        )
      : tryGateway(context, shiftPlan, { locating, expect: probing ? expect.ordered : [] }, signal),
    signal,
    (findings) => ({ ...NOT_CONNECTED, findings }),
  )
  const [cluster, gateway, trial, metrics, read] = await Promise.all([
    context.options.mode === 'verify'
      ? lookAtOrder(shared, shiftPlan, locating, signal)
      : lookAtCluster(shared, shiftPlan, { locating, connecting }, signal),
    connecting,
    tryWrite(context, shiftPlan, signal),
    findUnusableMetrics(context, shiftPlan, signal),
    reading,
  ]).catch(async (error: unknown) => {
    // Connections that took all of the time leave none for the looks that explain them.
    const { nothing, findings } = signal.aborted ? await connecting : NOT_CONNECTED
    const errors = findings.filter(({ severity }) => severity === 'error')
    throw RunError.ofAll(nothing === undefined ? errors : [nothing]) ?? error
  })
  const seen = { ...gateway, endpoints: cluster.endpoints }
  const findings = [
    ...expect.findings,
    ...cluster.findings,
    ...gateway.findings,
    ...(await explainNothing(context, shiftPlan, { gateway, locating }, signal)),
    ...findDoubtfulReplies(context, shiftPlan, seen),
    ...findCannotEnd(context, shiftPlan, gateway.samples),
    ...findHealthCannotEnd(context, shiftPlan, gateway.samples),
    ...trial,
    ...metrics,
    ...read.findings,
  ]
  for (const finding of findings.filter(({ severity }) => severity === 'warning'))
    context.emit({ kind: 'finding', finding })
  stopOnErrors(findings)
  const { replyCounts, stamps, request, counting, reach } = gateway
  const { opened: proxies } = read
  return { gateway: gateway.gateway, counting, replyCounts, stamps, request, reach, proxies }
}

/** Whether counters of proxies are to show the split. A plan opens no connection, and reads no proxy. */
function isCounting({ options }: Context): boolean {
  return options.evidence === 'counters' && options.mode !== 'plan'
}

async function openedIn(reading: Promise<ReadProxies>): Promise<OpenedProxies> {
  const { opened } = await reading
  if (opened === undefined) throw new Error('counters without proxies')
  return opened
}

async function explainNothing(
  context: Context,
  shiftPlan: ShiftPlan,
  { gateway, locating }: { gateway: Connected; locating: Promise<FoundGateway> },
  signal: AbortSignal,
): Promise<Problem[]> {
  const { nothing, samples, probe } = gateway
  // A rule without any weight has a problem of its own, which says why.
  if (nothing === undefined || hasNoWeight(shiftPlan.rule)) return []
  const gatewayPods = locating.then(({ pods }) => pods).catch(() => undefined)
  const unanswered = { nothing, samples, probe, gatewayPods }
  return [await judgeNothingAnswered(context, shiftPlan, unanswered, signal)]
}

function hasNoWeight(rule: Rule): boolean {
  return sharesOf(rule).every((share) => share === 0)
}

/** One RunError for all errors found, with the reason of the first. */
function stopOnErrors(findings: readonly Problem[]): void {
  const errors = findings.filter(
    ({ severity, what }, index) =>
      severity === 'error' && index === findings.findIndex((same) => same.what === what),
  )
  const error = RunError.ofAll(errors)
  if (error) throw error
}

const LOOKING = 'reading from the cluster'

/**
 * The result of one of several checks. If the API server kept it from ending, that is a problem like others, so that
 * what the other checks find is reported too.
 */
async function orFindings<T>(
  look: Promise<T>,
  signal: AbortSignal,
  failed: (findings: Problem[]) => T,
): Promise<T> {
  try {
    return await look
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) throw error
    return failed([findingFor(error, LOOKING)])
  }
}

async function lookAtCluster(
  context: Context,
  shiftPlan: PlanInput,
  gateway: { locating: Promise<FoundGateway>; connecting: Promise<Pick<Ready, 'replyCounts'>> },
  signal: AbortSignal,
): Promise<Looked> {
  const { object, rule } = shiftPlan
  const [behind, shadowing, ofRule] = await Promise.all([
    orFindings(lookAtEndpoints(context, shiftPlan, gateway, signal), signal, (findings) => ({
      ...NOT_LOOKED,
      findings,
    })),
    lookAtShadowing(context, shiftPlan, gateway.locating, signal),
    checkRule(context, shiftPlan, signal),
  ])
  const controllers = findControllers(object, rule, context.api)
  return { ...behind, findings: [...behind.findings, ...shadowing, ...ofRule, ...controllers] }
}

/** Whether the samples of a run that writes nothing would be those of another rule. */
async function lookAtOrder(
  context: Context,
  shiftPlan: PlanInput,
  locating: Promise<FoundGateway>,
  signal: AbortSignal,
): Promise<Looked> {
  const findings = await Promise.all([
    lookAtShadowing(context, shiftPlan, locating, signal),
    // For the other protocols the request itself is compared with each rule of the object.
    shiftPlan.rule.protocol === 'tcp' ? checkRule(context, shiftPlan, signal) : [],
  ])
  return { ...NOT_LOOKED, findings: findings.flat() }
}

/** Whether another object, or another server, gets the traffic of the rule first. */
function lookAtShadowing(
  context: Context,
  { object, rule, apiVersion }: PlanInput,
  locating: Promise<FoundGateway>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const { api, options } = context
  const sends = isComplete(context) && options.traffic === 'own'
  const asking = locating.then((located) => (sends ? requestAt(context, rule, located) : undefined))
  const search = { api, apiVersion, object, rule, locating, asking, probeHost: options.probe.host }
  return orFindings(finderFor(object).findShadowing(search, signal), signal, (findings) => findings)
}

async function checkRule(
  { api }: Context,
  { object, rule }: PlanInput,
  signal: AbortSignal,
): Promise<Problem[]> {
  const checked = kindOf(object).preflightChecks.map((check) =>
    orFindings(check({ api, object, rule }, signal), signal, (findings) => findings),
  )
  return (await Promise.all(checked)).flat()
}
