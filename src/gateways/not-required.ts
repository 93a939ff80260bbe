import { grantingRule, type Resource } from '../kube/resources.ts'
import { type Problem, warning } from '../problem/problem.ts'

/**
 * What is wrong with a Gateway of the rule, where an endpoint is given and the Gateway need not be read. What the route
 * object itself shows stays an error.
 */
export function notRequired(gateway: Resource, finding: Problem): Problem {
  if (finding.code === 'ITS-PROBE-HITS-NO-RULE') return finding
  if (finding.code !== 'ITS-FORBIDDEN') return { ...finding, severity: 'warning' }
  return warning(
    'ITS-GATEWAY-NOT-READ',
    `Whether the gateway expects TLS, and which hosts it admits, was not checked, because reading Gateway ${gateway.namespace}/${gateway.name} is not allowed.`,
    grantingRule(gateway),
  )
}
