import { type Problem, problem } from '../problem/problem.ts'
import { coversHost } from '../routes/match/virtual-host.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { type Rule, trafficWord } from '../routes/rule.ts'

/** The error for a host to ask for that a route object does not have at any gateway. */
export function findHostElsewhere(
  { rule, object, probeHost }: { rule: Rule; object: RouteObject; probeHost?: string | undefined },
  hosts: readonly string[],
): Problem | undefined {
  if (rule.protocol === 'tcp' || probeHost === undefined) return undefined
  if (hosts.some((host) => coversHost(host, probeHost.toLowerCase()))) return undefined
  return problem(
    'ITS-PROBE-HITS-NO-RULE',
    `The ${trafficWord(rule)}s of this run would hit no rule of ${object.namespace}/${object.name}: it has no host ${probeHost}, which probe-host names. It has: ${hosts.join(', ')}.`,
    'Set probe-host to one of its hosts.',
  )
}
