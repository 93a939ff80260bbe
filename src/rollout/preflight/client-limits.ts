import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import { endpointText } from '../../kube/endpoint.ts'
import { clientLimit } from '../../problem/client-limit.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'

/**
 * What this machine could not open by itself, which says nothing of the gateway: an error where it could open
 * nothing, else a warning.
 */
export function findClientLimits(samples: readonly ProbeSample[], endpoint: Endpoint): Problem[] {
  const codes = samples.flatMap(({ classified }) =>
    classified.kind === 'client-limit' ? [classified.why] : [],
  )
  const [code] = codes
  if (code === undefined) return []
  const limit = clientLimit(code, endpoint.host)
  const means = limit === undefined ? code : `${limit.means} (${code})`
  const what = `this machine could not open ${codes.length} of ${samples.length} connections to ${endpointText(endpoint)}: ${means}`
  const remedy = limit?.remedy ?? ''
  return codes.length === samples.length
    ? [problem('ITS-PREFLIGHT', what, remedy)]
    : [warning('ITS-PREFLIGHT', what, remedy)]
}
