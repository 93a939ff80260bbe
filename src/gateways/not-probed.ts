import { type Problem, warning } from '../problem/problem.ts'
import { kindOf } from '../routes/kinds.ts'
import { virtualHostFor } from '../routes/match/virtual-host.ts'
import type { Arrival } from '../routes/probe-request.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { type Rule, trafficWord } from '../routes/rule.ts'
import { concreteHosts } from './host-names.ts'

/** A warning if the rule also gets the traffic of ports that the run does not connect to. */
export function otherPorts(
  { object, rule }: { object: RouteObject; rule: Rule },
  { gateway, port: own }: Arrival,
  listeners: readonly { port: number }[],
): Problem[] {
  const ports = new Set(listeners.map(({ port }) => port).filter((port) => port !== own))
  const [other] = ports
  if (other === undefined) return []
  return [
    warning(
      'ITS-OTHER-PORT-NOT-CHECKED',
      `The run connects only to port ${own} of Gateway ${gateway}. The rule also gets the ${trafficWord(rule)}s of port ${[...ports].join(', ')}. The split there is not checked.`,
      rule.protocol === 'tcp' && kindOf(object).route.words.includes('tcp')
        ? `To check another port, name it:\n  route: tcp:${other}`
        : 'To check another port too, run verify with endpoint set to the host:port that leads to it.',
    ),
  ]
}

/**
 * A warning if the rule also gets traffic for hosts that the run does not ask for.
 *
 * @param hosts those that the server and the rule's object admit
 * @param probed the one that the run asks for; undefined: it is not known
 */
export function otherHosts(
  rule: Rule,
  hosts: readonly string[],
  probed: string | undefined,
): Problem[] {
  if (probed === undefined || rule.protocol === 'tcp') return []
  const own = virtualHostFor(hosts, probed)
  const others = hosts.filter((host) => host.toLowerCase() !== own)
  if (others.length === 0) return []
  const [other] = concreteHosts(others)
  return [
    warning(
      'ITS-OTHER-HOST-NOT-CHECKED',
      `The run asks only for host ${probed}. The rule also gets the ${trafficWord(rule)}s for ${listed(others)}. The split there is not checked.`,
      other === undefined
        ? 'To check another host, set probe-host.'
        : `To check another host, name it:\n  probe-host: ${other}`,
    ),
  ]
}

const MOST_NAMED = 5

function listed(hosts: readonly string[]): string {
  const named = hosts.slice(0, MOST_NAMED)
  const more = hosts.length - named.length
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
