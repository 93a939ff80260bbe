import { didYouMean, nearest } from '../../problem/did-you-mean.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { ClientPods } from '../route-kind.ts'
import type { Destination } from '../rule-format.ts'
import { isWildcard } from './host.ts'
import { type DestinationRule, hasLabels, type MergedRule } from './rule-lookup.ts'

/** What is known of the rules for a destination's host. */
type Known = {
  /** The rules that could count, the one that does first. */
  found: readonly MergedRule[]
  /** All that were read. */
  rules: readonly DestinationRule[]
  pods: ClientPods | undefined
  /** How to let the run see more; empty: it has seen all. */
  grant: string
}

/** The error for a subset that the gateway does not know: which rule counts, and which one would define it. */
export function noSuchSubset(
  { host, subset = '' }: Destination,
  { found, rules, pods, grant }: Known,
): Problem {
  const [counting] = found
  const defines = (rule: Pick<DestinationRule, 'subsets'>) =>
    rule.subsets.some(({ name }) => name === subset)
  const hidden = found.slice(1).find(defines)
  const elsewhere = rules.filter(
    (rule) => covers(rule, host) && defines(rule) && !hidden?.rules.includes(rule),
  )
  const to = counting ? `DestinationRule ${namesOf(counting)}` : 'the DestinationRule'
  const labels = [...(hidden ? [hidden] : []), ...elsewhere]
    .flatMap((rule) => rule.subsets)
    .find(({ name }) => name === subset)?.labels ?? { version: subset }
  const yaml = `\n  subsets:\n  - name: ${subset}\n    labels: ${labelsText(labels)}${grant}`
  const others = counting?.selector
  if (counting && others && pods && !hasLabels(pods.labels, others))
    return problem(
      'ITS-PREFLIGHT',
      `DestinationRule ${namesOf(counting)} is for other Pods (workloadSelector ${labelsText(others)}), and hides subset ${subset} of host ${host} from gateways in namespace ${pods.namespace} all the same${hidden ? `: ${namesOf(hidden)}, which defines it, does not count there` : ''}. Connections to the subset would be lost`,
      `Remove its workloadSelector or move it to the namespace of those Pods; or add a DestinationRule without workloadSelector for the host in namespace ${pods.namespace}:${yaml}`,
    )
  if (counting && hidden) {
    const gateway = pods ? `gateways in namespace ${pods.namespace}` : 'the gateway'
    return problem(
      'ITS-PREFLIGHT',
      `DestinationRule ${namesOf(counting)} hides subset ${subset} of host ${host}: ${gateway} use it instead of ${namesOf(hidden)}, which defines ${subset}. Connections to the subset would be lost`,
      `Add it to ${to}, or remove that rule:${yaml}`,
    )
  }
  return problem(
    'ITS-PREFLIGHT',
    `no DestinationRule defines subset ${subset} of host ${host}: ${thereText({ host, subset, counting, elsewhere, pods })}`,
    elsewhere.length === 0
      ? `Name one that is defined, or add it to ${to} before the shift:${yaml}`
      : exportText(counting, elsewhere, yaml, grant),
  )
}

/** What there is instead of the subset. */
function thereText({
  host,
  subset,
  counting,
  elsewhere,
  pods,
}: {
  host: string
  subset: string
  counting: MergedRule | undefined
  elsewhere: readonly DestinationRule[]
  pods: ClientPods | undefined
}): string {
  const unseen = elsewhere.map(nameOf).join(', ')
  const notSeen = `${unseen} is not exported to the gateway${pods ? `'s namespace ${pods.namespace}` : ''}`
  if (counting === undefined)
    return unseen === '' ? `no DestinationRule is for host ${host}` : notSeen
  const known = counting.subsets.map(({ name }) => name)
  const defined = `DestinationRule ${namesOf(counting)} defines ${known.join(', ') || 'none'}`
  return unseen === ''
    ? `${defined}${didYouMean(nearest(subset, known))}`
    : `${defined}, and ${notSeen}`
}

function exportText(
  counting: MergedRule | undefined,
  elsewhere: readonly DestinationRule[],
  yaml: string,
  grant: string,
): string {
  if (counting === undefined) return `Export it to the gateway's namespace.${grant}`
  const unseen = elsewhere.map(nameOf).join(', ')
  return `Give ${unseen} the same exportTo as DestinationRule ${namesOf(counting)}, or add the subset to that one:${yaml}`
}

/** `{version: v2}`, as YAML. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  const each = Object.entries(labels).map(([key, value]) => `${key}: ${yamlText(value)}`)
  return `{${each.join(', ')}}`
}

/** A label's value that YAML would take for a number, a boolean or nothing is quoted. */
function yamlText(value: string): string {
  return /^[A-Za-z][\w.-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? value
    : JSON.stringify(value)
}

function covers(rule: DestinationRule, host: string): boolean {
  if (isWildcard(rule.host)) return host.endsWith(rule.host.slice(1))
  return rule.host === host || rule.host.startsWith(`${host}.`)
}

function namesOf({ rules }: MergedRule): string {
  return rules.map(nameOf).join(', ')
}

function nameOf({ namespace, name }: DestinationRule): string {
  return `${namespace}/${name}`
}
