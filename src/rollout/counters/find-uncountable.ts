import { heldRule } from '../../gateways/proxies/held-rule.ts'
import { otherUsers } from '../../gateways/proxies/other-users.ts'
import { proxyRoutes } from '../../gateways/proxies/proxy-route.ts'
import { plainList } from '../../problem/list-text.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Rule } from '../../routes/rule.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'
import type { ProxyMember } from '../proxies/proxy-set.ts'

const OWN_REPLIES = 'Or use evidence: replies, which needs no proxy to be read.'
const DOCS = 'docs/proxies.md has the rights that this needs.'

/** Why the counters of proxies do not show the split of a rule; none where they do. */
export async function findUncountable(
  { set, ruleIn }: OpenedProxies,
  { rule, unit }: Pick<ShiftPlan, 'rule' | 'unit'>,
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
    members.map((member) => findInProxy(member, { ruleIn, rule, unit }, signal)),
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
  { ruleIn, rule, unit }: Pick<OpenedProxies, 'ruleIn'> & Pick<ShiftPlan, 'rule' | 'unit'>,
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
    const all = proxyRoutes(listeners, routes)
    const held = heldRule(all, sought.rule)
    if (held.kind !== 'held') return []
    const others = otherUsers(all, sought.rule, matchesOf(rule))
    return [
      ...(others.length === 0 ? [] : [shared(name, others)]),
      ...(held.dependent === undefined ? [] : [notIndependent(name, held.dependent)]),
      ...(held.retries && unit === 'request' ? [retried(name)] : []),
    ]
  } catch (error) {
    if (signal.aborted) throw error
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    return [notRead([{ pod, admin: undefined, why }], 1)]
  }
}

/** How many matches of a rule lead to splits of their own. */
function matchesOf({ listeners }: Rule): number {
  return new Set(listeners.map(({ match }) => JSON.stringify(match))).size
}

function shared(proxy: string, others: readonly string[]): Problem {
  return problem(
    'ITS-COUNTERS-NOT-OF-RULE',
    `The counters cannot confirm the split, because proxy ${proxy} counts other traffic to the same destinations too: ${plainList(others)}.`,
    'Give the destinations of this rule a subset of their own that no other rule uses, or use evidence: replies.',
  )
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
