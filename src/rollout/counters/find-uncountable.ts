import { heldRule } from '../../gateways/proxies/held-rule.ts'
import { proxyRoutes } from '../../gateways/proxies/proxy-route.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'
import type { ProxyMember } from '../proxies/proxy-set.ts'

const OWN_REPLIES = 'Or use evidence: replies, which needs no proxy to be read.'
const DOCS = 'docs/proxies.md has the rights that this needs.'

/** Why the counters of proxies do not show the split of a rule; none where they do. */
export async function findUncountable(
  { set, ruleIn }: OpenedProxies,
  unit: SampleUnit,
  signal: AbortSignal,
): Promise<Problem[]> {
  const { unknown, how } = set.found()
  if (unknown !== undefined) return [notKnown({ unknown })]
  const members = set.members()
  if (members.length === 0)
    return [
      problem(
        'ITS-COUNTERS-NOT-READ',
        `evidence: counters needs a proxy that holds the rule. There is no running Pod among ${how}.`,
        `Check that the gateway runs. ${OWN_REPLIES}`,
      ),
    ]
  const unread = members.filter(({ admin }) => admin === undefined)
  if (unread.length > 0) return [notRead(unread, members.length)]
  const found = await Promise.all(
    members.map((member) => findInProxy(member, { ruleIn, unit }, signal)),
  )
  const all = found.flat()
  // All proxies that have one configuration have one problem.
  return all.filter(({ code, remedy }, index) =>
    all.slice(0, index).every((one) => one.code !== code || one.remedy !== remedy),
  )
}

/** That the proxies, or the rule in them, cannot be found. */
export function notKnown({ unknown }: { unknown: string }): Problem {
  return problem(
    'ITS-COUNTERS-NOT-READ',
    `evidence: counters needs all proxies that hold the rule, and they are not known: ${unknown}.`,
    `${DOCS} ${OWN_REPLIES}`,
  )
}

function notRead(unread: readonly ProxyMember[], all: number): Problem {
  const reasons = unread.map(({ pod, why = 'no answer' }) => `${pod.namespace}/${pod.name}: ${why}`)
  return problem(
    'ITS-COUNTERS-NOT-READ',
    `evidence: counters needs all proxies that hold the rule. ${unread.length} of ${all} cannot be read: ${reasons.join('; ')}.`,
    `${DOCS} ${OWN_REPLIES}`,
  )
}

async function findInProxy(
  { pod, admin }: ProxyMember,
  { ruleIn, unit }: Pick<OpenedProxies, 'ruleIn'> & { unit: SampleUnit },
  signal: AbortSignal,
): Promise<Problem[]> {
  if (admin === undefined) return []
  const name = `${pod.namespace}/${pod.name}`
  const sought = ruleIn(pod)
  if (sought.kind === 'unknown') return [notKnown({ unknown: sought.why })]
  try {
    const [listeners, routes] = await Promise.all([
      admin.dump('dynamic_listeners', signal),
      admin.dump('dynamic_route_configs', signal),
    ])
    const held = heldRule(proxyRoutes(listeners, routes), sought.rule)
    if (held.kind !== 'held') return []
    return [
      ...(held.dependent === undefined ? [] : [notIndependent(name, held.dependent)]),
      ...(held.retries && unit === 'request' ? [retried(name)] : []),
    ]
  } catch (error) {
    if (signal.aborted) throw error
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    return [notRead([{ pod, admin: undefined, why }], 1)]
  }
}

function notIndependent(proxy: string, why: string): Problem {
  return problem(
    'ITS-COUNTERS-NOT-OF-RULE',
    `The counters cannot confirm the split, because draws of proxy ${proxy} depend on each other: ${why}.`,
    'Remove the hash policy or the sticky sessions of this rule for the time of the shift.',
  )
}

function retried(proxy: string): Problem {
  return problem(
    'ITS-COUNTERS-NOT-OF-RULE',
    `The counters cannot confirm the split, because proxy ${proxy} retries requests of this rule and counts each try.`,
    `Turn retries of the rule off for the time of the shift (retries: {attempts: 0}). ${OWN_REPLIES}`,
  )
}
