import type { FoundGateway } from '../../gateways/gateway-search.ts'
import { findShadowing } from '../../gateways/shadowing.ts'
import { findWebhooks, whyNotWritten } from '../../journal/changed-on-the-way.ts'
import { findingFor } from '../../journal/refused.ts'
import { dryRun, type Write } from '../../journal/write-weights.ts'
import { ApiError } from '../../kube/api-error.ts'
import { type Finding, problem, warning } from '../../kube/finding.ts'
import { findControllers } from '../../routes/controllers.ts'
import type { Answered } from '../../split/judge/who-is-silent.ts'
import type { Gateway } from '../check/proof-order.ts'
import type { Context } from '../model/context.ts'
import { isOvertaken, Stop } from '../model/outcome.ts'
import type { PlannedScene, Scene } from '../plan/scene.ts'
import { findCannotEnd } from './cannot-end.ts'
import { findDoubtfulReplies } from './doubtful-replies.ts'
import { type Looked, lookAtEndpoints, NOT_LOOKED } from './look-at-endpoints.ts'
import { judgeNothingAnswered } from './nothing-answered.ts'
import { locateGateway } from './open-gateway.ts'
import { orderedExpectations } from './ordered-expectations.ts'
import { type Connected, NOT_CONNECTED, tryGateway } from './try-gateway.ts'

export type Ready = {
  gateway: Gateway | undefined
  /** What the few connections before the write met. */
  heard: Answered
  /** The first write, on the version of the object that the dry run was judged on. */
  write: Write | undefined
}

/**
 * Looks at everything that could make the run fail, side by side, before anything is written, and
 * reports everything wrong at once by a Stop.
 */
export async function preflight(
  context: Context,
  scene: PlannedScene,
  signal: AbortSignal,
): Promise<Ready> {
  const probing = context.options.mode !== 'plan'
  const expect = orderedExpectations(context, scene)
  const locating = locateGateway(context, scene, signal)
  const connecting = orFindings<Connected>(
    tryGateway(context, scene, { locating, expect: probing ? expect.ordered : [] }, signal),
    signal,
    (findings) => ({ ...NOT_CONNECTED, findings }),
  )
  const [cluster, gateway, trial] = await Promise.all([
    context.options.mode === 'verify'
      ? NOT_LOOKED
      : lookAtCluster(context, scene, { locating, connecting }, signal),
    connecting,
    tryWrite(context, scene.write, signal),
  ])
  const seen = { ...gateway, endpoints: cluster.endpoints }
  const findings = [
    ...expect.findings,
    ...cluster.findings,
    ...gateway.findings,
    ...(await explainNothing(context, scene, { gateway, locating }, signal)),
    ...findDoubtfulReplies(context, scene, seen),
    ...findCannotEnd(context, scene, gateway.draws),
    ...trial.findings,
  ]
  for (const finding of findings.filter(({ kind }) => kind === 'warning'))
    context.emit({ kind: 'finding', finding })
  stopOnErrors(findings)
  return { gateway: gateway.gateway, heard: gateway.heard, write: trial.write }
}

async function explainNothing(
  context: Context,
  scene: PlannedScene,
  { gateway, locating }: { gateway: Connected; locating: Promise<FoundGateway> },
  signal: AbortSignal,
): Promise<Finding[]> {
  const { nothing, draws } = gateway
  if (nothing === undefined) return []
  const gatewayPods = locating.then(({ pods }) => pods).catch(() => undefined)
  return [await judgeNothingAnswered(context, scene, { nothing, draws, gatewayPods }, signal)]
}

/** One Stop for all errors found, with the reason of the first. */
function stopOnErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(
    ({ kind, what }, index) =>
      kind === 'error' && index === findings.findIndex((same) => same.what === what),
  )
  const [first] = errors
  if (first === undefined) return
  throw new Stop(
    'error',
    first.reason,
    errors.map(({ what }) => what).join('\n'),
    [...new Set(errors.map(({ mend }) => mend))].filter((mend) => mend !== '').join('\n'),
  )
}

const LOOKING = 'looking at the cluster'

/**
 * What one of several looks brought; where the API server did not let it come to its end, that as a
 * finding like others, so that what the other looks find is said too.
 */
async function orFindings<T>(
  look: Promise<T>,
  signal: AbortSignal,
  failed: (findings: Finding[]) => T,
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
  scene: Scene,
  gateway: { locating: Promise<FoundGateway>; connecting: Promise<Pick<Ready, 'heard'>> },
  signal: AbortSignal,
): Promise<Looked> {
  const { object, entry, istioVersion } = scene
  const { locating } = gateway
  const [behind, shadowing] = await Promise.all([
    orFindings(lookAtEndpoints(context, scene, gateway, signal), signal, (findings) => ({
      ...NOT_LOOKED,
      findings,
    })),
    orFindings(
      findShadowing({ api: context.api, istioVersion, object, entry, locating }, signal),
      signal,
      (findings) => findings,
    ),
  ])
  const controllers = findControllers(object, context.api.context)
  return { ...behind, findings: [...behind.findings, ...shadowing, ...controllers] }
}

async function tryWrite(
  context: Context,
  write: Write | undefined,
  signal: AbortSignal,
): Promise<{ write: Write | undefined; findings: Finding[] }> {
  if (!write) return { write, findings: [] }
  try {
    const tried = await dryRun(write, signal)
    if (tried.difference) {
      const what = whyNotWritten(tried.difference)
      return { write, findings: [problem('preflight', what, findWebhooks(context.api.context))] }
    }
    context.emit({ kind: 'dry-run-accepted' })
    return { write: tried.write, findings: [] }
  } catch (error) {
    // Another run or a hand was faster: what else preflight finds is of an object that is no more.
    if (!(error instanceof Stop) || isOvertaken(error)) throw error
    if (/does not support dry run/.test(error.message))
      return { write, findings: [warning(`not checked: the dry run; ${error.message}`)] }
    const reason = error.reason === 'access' ? 'access' : 'cluster'
    return { write, findings: [problem(reason, error.message, error.mend)] }
  }
}
