import { ApiError } from '../mesh/api-error.ts'
import { findControllers } from '../mesh/controllers.ts'
import type { Entry } from '../mesh/entry.ts'
import { type Finding, problem, warning } from '../mesh/finding.ts'
import type { FoundGateway } from '../mesh/gateway-search.ts'
import type { Edit } from '../mesh/plan-edit.ts'
import type { NamedDestination } from '../mesh/ready-endpoints.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import { findShadowing } from '../mesh/shadowing.ts'
import type { Expectation } from '../options/options.ts'
import type { Answered } from '../split/who-is-silent.ts'
import { findWebhooks, whyNotWritten } from './changed-on-the-way.ts'
import type { Context } from './context.ts'
import { lookAtEndpoints } from './look-at-endpoints.ts'
import { locateGateway, openGateway } from './open-gateway.ts'
import { orderedExpectations } from './ordered-expectations.ts'
import { isOvertaken, Stop } from './outcome.ts'
import type { Gateway } from './proof-order.ts'
import { findingFor } from './refused.ts'
import { tryReplies } from './try-replies.ts'
import { findUnaskedReplies } from './unasked-replies.ts'
import { dryRun, type Write } from './write-weights.ts'

/** What the run is about to touch. */
export type Scene = {
  object: RouteObject
  entry: Entry
  edit: Edit
  istioVersion: string
  /** The first write; undefined where nothing is written. */
  write: Write | undefined
  /** Destinations that are to get connections at some step. */
  weighted: readonly NamedDestination[]
  /** Milliseconds since the spec was last changed, by the API server's clock; undefined where nobody says. */
  sinceChangeMs: number | undefined
}

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
  scene: Scene,
  signal: AbortSignal,
): Promise<Ready> {
  const probing = context.options.mode !== 'plan'
  const expect = orderedExpectations(context, scene.edit.names)
  const locating = locateGateway(context, scene, signal)
  const connecting = orFindings(
    connect(context, scene, locating, probing ? expect.ordered : [], signal),
    signal,
    (findings) => ({ ...NOT_CONNECTED, findings }),
  )
  const [cluster, gateway, trial] = await Promise.all([
    context.options.mode === 'verify'
      ? []
      : lookAtCluster(context, scene, { locating, connecting }, signal),
    connecting,
    tryWrite(context, scene.write, signal),
  ])
  const findings = [...expect.findings, ...cluster, ...gateway.findings, ...trial.findings]
  for (const finding of findings.filter(({ kind }) => kind === 'warning'))
    context.emit({ kind: 'finding', finding })
  stopOnErrors(findings)
  return { gateway: gateway.gateway, heard: gateway.heard, write: trial.write }
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
): Promise<Finding[]> {
  const { object, entry, istioVersion } = scene
  const { locating } = gateway
  const looks = [
    lookAtEndpoints(context, scene, gateway, signal),
    findShadowing({ api: context.api, istioVersion, object, entry, locating }, signal),
  ]
  const [endpoints = [], shadowing = []] = await Promise.all(
    looks.map((look) => orFindings(look, signal, (findings) => findings)),
  )
  return [...endpoints, ...shadowing, ...findControllers(object, context.api.context)]
}

const NOT_CONNECTED = { gateway: undefined, heard: { counts: [], unclassified: 0 } }

async function connect(
  context: Context,
  scene: Scene,
  locating: Promise<FoundGateway>,
  expect: readonly Expectation[],
  signal: AbortSignal,
): Promise<Omit<Ready, 'write'> & { findings: Finding[] }> {
  const { address, findings: found } = await locating
  if (!address) return { ...NOT_CONNECTED, findings: [...found] }
  if (context.options.mode === 'plan') {
    const [endpoint, ...others] = address.endpoints
    const more = others.length > 0 ? `, the first of ${others.length + 1} addresses` : ''
    context.emit({ kind: 'endpoint', endpoint, how: `${address.how}${more}`, addresses: [] })
    return { ...NOT_CONNECTED, findings: [...found] }
  }
  const opened = await openGateway(context, address, expect, signal)
  if ('finding' in opened) return { ...NOT_CONNECTED, findings: [...found, opened.finding] }
  const before = [...found, ...opened.findings]
  if (expect.length !== scene.edit.names.length) return { ...NOT_CONNECTED, findings: before }
  const tried = await tryReplies(
    context,
    opened.gateway,
    opened.endpoint,
    scene.edit.names,
    scene.edit.presentShares,
    signal,
  )
  const { heard } = tried
  const findings = [...before, ...tried.findings, ...findUnaskedReplies(context, scene, heard)]
  return { gateway: opened.gateway, heard, findings }
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
