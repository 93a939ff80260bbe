import type { StatusRules } from '../../../evidence/proxies/ended-requests.ts'
import { canonicalRevision } from '../../../evidence/proxies/request-series.ts'
import type { MeshDestination } from '../../../gateways/proxies/held-rule.ts'
import { plainList } from '../../../problem/list-text.ts'
import { inputProblem, type Problem, problem } from '../../../problem/problem.ts'
import { failure, type Result, success } from '../../../problem/result.ts'
import { kindNamed } from '../../../routes/kinds.ts'
import type { Counting } from '../../counters/counting.ts'
import type { Context } from '../../model/context.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'

/** What Istio's proxies count by status is of a Service and a revision, and not of a cluster. */
type Counted = { service: string; revision: string | undefined }

/**
 * Which requests that the proxies count by status are whose, where the input `errors` says which statuses are errors; undefined
 * where it is not given.
 */
export async function countStatuses(
  { api, options }: Pick<Context, 'api' | 'options'>,
  { object, apiVersion, edit, unit }: ShiftPlan,
  destinations: readonly MeshDestination[],
  signal: AbortSignal,
): Promise<Result<StatusRules | undefined>> {
  const { errors } = options
  if (errors === undefined) return success(undefined)
  if (unit !== 'request') return failure(noStatuses())
  const search = { api, apiVersion, namespace: object.namespace }
  const backends = edit.destinations
  const { labels } = await kindNamed(object.kind).readBackends(search, backends, signal)
  const counted = destinations.map(({ host, subset }, index): Counted => {
    const backend = backends[index]
    const selected = backend && labels(backend)
    const revision = subset === '' ? undefined : canonicalRevision(selected ?? {})
    return { service: host, revision }
  })
  const alike = edit.names.filter((_, index) => isAlike(counted, index))
  if (alike.length > 0) return failure(notTold(alike))
  return success({
    errors,
    destinationOf({ service, revision }) {
      const found = counted.findIndex(
        (one) => one.service === service && (one.revision ?? revision) === revision,
      )
      return found < 0 || revision === undefined ? undefined : found
    },
  })
}

/** Whether another destination has the same requests, or may have some of them. */
function isAlike(counted: readonly Counted[], index: number): boolean {
  const own = counted[index]
  return counted.some(
    (other, at) =>
      at !== index &&
      other.service === own?.service &&
      (other.revision === undefined ||
        own.revision === undefined ||
        other.revision === own.revision),
  )
}

/** The error if the proxies counted requests, but none by its status. */
export async function findUncountedStatuses(
  { proxies }: Pick<Counting, 'proxies'>,
  rules: StatusRules,
  signal: AbortSignal,
): Promise<Problem[]> {
  const read = await Promise.all(
    proxies.members().map(({ admin }) => admin?.requests(signal).catch(() => []) ?? []),
  )
  const isCounted = read.flat().some((series) => rules.destinationOf(series) !== undefined)
  return isCounted || signal.aborted ? [] : [notCounted()]
}

const WITHOUT =
  'Leave errors out: then each 5xx reply, reset or missing reply is an error. Or use evidence: replies, or expect with traffic: own.'

function noStatuses(): Problem {
  return inputProblem(
    'errors',
    'ITS-INPUTS-CONFLICT',
    'errors is only used for requests, and the proxies count connections of this rule.',
    'Remove errors.',
  )
}

function notTold(names: readonly string[]): Problem {
  return problem(
    'ITS-STATUSES-NOT-COUNTED',
    `errors cannot be used, because the proxies count statuses by Service and version, and these do not tell ${plainList(names)} apart.`,
    `Give the subsets different labels "version". ${WITHOUT}`,
  )
}

function notCounted(): Problem {
  return problem(
    'ITS-STATUSES-NOT-COUNTED',
    'errors cannot be used, because no proxy has istio_requests_total for the destinations of the rule, which counts requests by status.',
    `Check that the standard metrics of Istio are not turned off. ${WITHOUT}`,
  )
}
