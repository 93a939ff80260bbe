import { heldRule } from '../../gateways/proxies/held-rule.ts'
import { otherUsers } from '../../gateways/proxies/other-users.ts'
import { proxyRoutes } from '../../gateways/proxies/proxy-route.ts'
import { plainList } from '../../problem/list-text.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Rule } from '../../routes/rule.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'
import type { ProxyMember } from '../proxies/proxy-set.ts'

const OWN_REPLIES = 'Or use evidence: replies, which needs no proxy to be read.'
const DOCS = 'docs/proxies.md has the rights that this needs.'

/** Whether the counters of proxies show the split of a rule. */
export type Countability = {
  /** Why they do not; none where they do. */
  problems: readonly Problem[]
  /** Whether a proxy may retry requests of the rule. It counts each try, so some of what it counts is in doubt. */
  retries: boolean
}

export async function findUncountable(
  { set, ruleIn }: OpenedProxies,
  rule: Rule,
  signal: AbortSignal,
): Promise<Countability> {
  const unreadable = findUnreadable(set)
  if (unreadable.length > 0) return { problems: unreadable, retries: false }
  const found = await Promise.all(
    set.members().map((member) => findInProxy(member, { ruleIn, rule }, signal)),
  )
  const all = found.flatMap(({ problems }) => problems)
  return {
    // All proxies that have one configuration have one problem.
    problems: all.filter(({ code, remedy }, index) =>
      all.slice(0, index).every((one) => one.code !== code || one.remedy !== remedy),
    ),
    retries: found.some(({ retries }) => retries),
  }
}

function findUnreadable(set: OpenedProxies['set']): Problem[] {
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
  return unread.length > 0 ? [notRead(unread, members.length)] : []
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
  { ruleIn, rule }: Pick<OpenedProxies, 'ruleIn'> & { rule: Rule },
  signal: AbortSignal,
): Promise<Countability> {
  if (admin === undefined) return uncountable([])
  const name = `${pod.namespace}/${pod.name}`
  const sought = ruleIn(pod)
  if (sought.kind === 'unknown') return uncountable([notKnown({ unknown: sought.why })])
  try {
    const [listeners, routes] = await Promise.all([
      admin.dump('dynamic_listeners', signal),
      admin.dump('dynamic_route_configs', signal),
    ])
    const all = proxyRoutes(listeners, routes)
    const held = heldRule(all, sought.rule)
    const others = otherUsers(all, sought.rule, matchesOf(rule))
    const problems = others.length === 0 ? [] : [shared(name, others)]
    if (held.kind !== 'held') return { problems, retries: true }
    const { dependent, retries } = held
    return dependent === undefined
      ? { problems, retries }
      : { problems: [...problems, notIndependent(name, dependent)], retries }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    return uncountable([notRead([{ pod, admin: undefined, why }], 1)])
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
    `The counters cannot confirm the split, because proxy ${proxy} does not choose destinations independently: it has ${why}.`,
    'Remove the hash policy or the sticky sessions of this rule for the time of the shift.',
  )
}

function uncountable(problems: readonly Problem[]): Countability {
  return { problems, retries: false }
}
