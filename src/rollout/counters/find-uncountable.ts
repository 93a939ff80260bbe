import type { ServedAs } from '../../gateways/gateway-search.ts'
import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import { heldRule } from '../../gateways/proxies/held-rule.ts'
import { otherUsers } from '../../gateways/proxies/other-users.ts'
import { proxyRoutes } from '../../gateways/proxies/proxy-route.ts'
import { whyAbsent } from '../../gateways/proxies/why-absent.ts'
import { plainList } from '../../problem/list-text.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import { type Rule, trafficWord } from '../../routes/rule.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'
import type { ProxyMember } from '../proxies/proxy-set.ts'

const OWN_REPLIES = 'Or use evidence: replies, which needs no proxy to be read.'
const DOCS = 'docs/proxies.md has the rights that this needs.'

/** The rule as the proxies have it, and its object. */
type Sought = Pick<ServedAs, 'object' | 'rule'>

/** Whether the counters of proxies show the split of a rule. */
export type Countability = {
  /** Why they do not, which is an error, and what they show beside it, a warning. */
  problems: readonly Problem[]
  /** Whether a proxy may retry requests of the rule. It counts each try, so some of what it counts is in doubt. */
  retries: boolean
}

export async function findUncountable(
  { set, ruleIn }: OpenedProxies,
  own: Sought,
  signal: AbortSignal,
): Promise<Countability> {
  const unreadable = findUnreadable(set)
  if (unreadable.length > 0) return { problems: unreadable, retries: false }
  const asServed = set.found().served ?? own
  const found = await Promise.all(
    set.members().map((member) => findInProxy(member, { ruleIn, own: asServed }, signal)),
  )
  const absent = found.flatMap((one) => one.absent ?? [])
  const all = [...absentIn(absent, asServed), ...found.flatMap(({ problems }) => problems)]
  return {
    problems: all.filter((one, index) => !all.slice(0, index).some((other) => isSame(other, one))),
    retries: found.some(({ retries }) => retries),
  }
}

/** All proxies that have one configuration have one problem. */
function isSame(one: Problem, other: Problem): boolean {
  return one.code === other.code && one.severity === other.severity && one.remedy === other.remedy
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
  { ruleIn, own }: Pick<OpenedProxies, 'ruleIn'> & { own: Sought },
  signal: AbortSignal,
): Promise<Countability & { absent?: ProxyPod }> {
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
    if (held.kind === 'absent') return { ...uncountable([]), absent: pod }
    const { rules: others, ownNames } = otherUsers(all, sought.rule, matchesOf(own.rule))
    const problems = [
      ...(others.length === 0 ? [] : [shared(name, others)]),
      ...(ownNames.length === 0 ? [] : [calledByName(ownNames, trafficWord(own.rule))]),
    ]
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

/** Such proxies count nothing of the rule, so the splits of their clients would not be seen. */
function absentIn(pods: readonly ProxyPod[], { object, rule }: Sought): Problem[] {
  const [first, second] = pods
  if (first === undefined) return []
  const names = pods.map(({ namespace, name }) => `${namespace}/${name}`)
  const lack = second === undefined ? 'proxy' : 'proxies'
  const causes = [...new Set(pods.flatMap((pod) => whyAbsent(object, rule, pod) ?? []))]
  const why = causes.map((cause) => ` ${sentence(capitalized(cause))}`).join('')
  return [
    problem(
      'ITS-RULE-NOT-IN-PROXY',
      `The counters cannot confirm the split, because ${lack} ${plainList(names)} ${second === undefined ? 'does' : 'do'} not have the rule.${why}`,
      first.role === 'sidecar'
        ? 'Let client-pods select only clients that have the rule. Beside exportTo and sourceLabels, a Sidecar object or an older VirtualService for the same host may keep a client from it.'
        : `Check that ${object.kind} ${object.namespace}/${object.name} applies there. ${OWN_REPLIES}`,
    ),
  ]
}

function shared(proxy: string, others: readonly string[]): Problem {
  return problem(
    'ITS-COUNTERS-NOT-OF-RULE',
    `The counters cannot confirm the split, because proxy ${proxy} counts other traffic to the same destinations too: ${plainList(others)}.`,
    'Give the destinations of this rule a subset of their own that no other rule uses, or use evidence: replies.',
  )
}

function calledByName(names: readonly string[], traffic: string): Problem {
  return warning(
    'ITS-DIRECT-CALLS-COUNTED',
    `The sidecars also count ${traffic}s that clients send to ${plainList(names)} by that name, past the rule. If clients do so, the counters do not show the split of the rule.`,
    'Check that clients call only the Service of the rule. To make sure of that, leave the other names out of the egress hosts of their Sidecar object.',
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
