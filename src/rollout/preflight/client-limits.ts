import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { Endpoint } from '../../kube/endpoint.ts'
import { endpointText } from '../../kube/endpoint.ts'
import { clientLimit } from '../../problem/client-limit.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'

/**
 * Connections that this machine itself could not open, which says nothing about the gateway: an error if it could
 * open none, otherwise a warning.
 */
export function findClientLimits(samples: readonly ProbeSample[], endpoint: Endpoint): Problem[] {
  const codes = samples.flatMap(({ classified }) =>
    classified.kind === 'client-limit' ? [classified.why] : [],
  )
  const [code] = codes
  if (code === undefined) return []
  const limit = clientLimit(code, endpoint.host)
  const means = limit === undefined ? code : `${limit.means} (${code})`
  const what = `This machine could not open ${codes.length} of ${samples.length} connections to ${endpointText(endpoint)}: ${means}.`
  const remedy = limit?.remedy ?? ''
  const isAll = codes.length === samples.length
  return [(isAll ? problem : warning)('ITS-CLIENT-LIMIT', what, remedy)]
}
