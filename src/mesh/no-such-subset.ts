import { didYouMean, nearest } from '../options/did-you-mean.ts'
import type { Destination } from './entry.ts'
import { type Finding, problem } from './finding.ts'
import { isWildcard } from './host.ts'
import type { GatewayPods } from './merged-servers.ts'
import type { MergedRule, Rule } from './rule-lookup.ts'

/** What is known of the rules for a destination's host. */
type Known = {
  /** The rules that could count, the one that does first. */
  found: readonly MergedRule[]
  /** All that were read. */
  rules: readonly Rule[]
  pods: GatewayPods | undefined
  /** How to let the run see more; empty: it has seen all. */
  grant: string
}

/** The error for a subset that the gateway does not know: which rule counts, and which one would define it. */
export function noSuchSubset(
  { host, subset = '' }: Destination,
  { found, rules, pods, grant }: Known,
): Finding {
  const [counting] = found
  const hidden = found.slice(1).find((rule) => rule.subsets.some(({ name }) => name === subset))
  const to = counting ? `DestinationRule ${namesOf(counting)}` : 'the DestinationRule'
  const mend = `${hidden ? `Add it to ${to}, or remove that rule` : `Name one that is defined, or add it to ${to} before the shift`}:\n  subsets:\n  - name: ${subset}\n    labels: {version: ${subset}}${grant}`
  if (counting && hidden) {
    const gateway = pods ? `gateways in namespace ${pods.namespace}` : 'the gateway'
    return problem(
      'preflight',
      `DestinationRule ${namesOf(counting)} hides subset ${subset} of host ${host}: ${gateway} use it instead of ${namesOf(hidden)}, which defines ${subset}. Connections to the subset would be lost`,
      mend,
    )
  }
  const known = counting?.subsets.map(({ name }) => name) ?? []
  const unseen = rules.filter(
    (rule) => !counting && covers(rule, host) && rule.subsets.some(({ name }) => name === subset),
  )
  const there = counting
    ? `DestinationRule ${namesOf(counting)} defines ${known.join(', ') || 'none'}${didYouMean(nearest(subset, known))}`
    : unseen.length > 0
      ? `${unseen.map(nameOf).join(', ')} is not exported to the gateway${pods ? `'s namespace ${pods.namespace}` : ''}`
      : `no DestinationRule is for host ${host}`
  return problem(
    'preflight',
    `no DestinationRule defines subset ${subset} of host ${host}: ${there}`,
    unseen.length > 0 ? `Export it to the gateway's namespace.${grant}` : mend,
  )
}

function covers(rule: Rule, host: string): boolean {
  if (isWildcard(rule.host)) return host.endsWith(rule.host.slice(1))
  return rule.host === host || rule.host.startsWith(`${host}.`)
}

function namesOf({ rules }: MergedRule): string {
  return rules.map(nameOf).join(', ')
}

function nameOf({ namespace, name }: Rule): string {
  return `${namespace}/${name}`
}
