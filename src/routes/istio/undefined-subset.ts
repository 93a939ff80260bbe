import { type Problem, problem } from '../../problem/problem.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import { isWildcard } from '../match/virtual-host.ts'
import type { ClientPods } from '../probe-request.ts'
import type { Destination } from '../rule-format.ts'
import { type DestinationRule, hasLabels, type MergedRule } from './destination-rule-order.ts'

/** What was read about the DestinationRules for a destination's host. */
type Known = {
  /** The rules that could apply. The first one does. */
  found: readonly MergedRule[]
  /** All that were read. */
  rules: readonly DestinationRule[]
  pods: ClientPods | undefined
  /** The right that would let the run read more; empty where it has read everything. */
  grant: string
}

const LOST = 'Connections to the subset would be lost.'

/** The error for a subset that the gateway does not know: which DestinationRule applies, and which one would define it. */
export function undefinedSubset(
  { host, subset = '' }: Destination,
  { found, rules, pods, grant }: Known,
): Problem {
  const [applied] = found
  const defines = (rule: Pick<DestinationRule, 'subsets'>) =>
    rule.subsets.some(({ name }) => name === subset)
  const hidden = found.slice(1).find(defines)
  const elsewhere = rules.filter(
    (rule) => covers(rule, host) && defines(rule) && !hidden?.rules.includes(rule),
  )
  const to = applied ? `DestinationRule ${namesOf(applied)}` : 'the DestinationRule'
  const labels = [...(hidden ? [hidden] : []), ...elsewhere]
    .flatMap((rule) => rule.subsets)
    .find(({ name }) => name === subset)?.labels ?? { version: subset }
  const yaml = `\n  subsets:\n  - name: ${yamlText(subset)}\n    labels: ${labelsText(labels)}${grant}`
  const others = applied?.selector
  if (applied && others && pods && !hasLabels(pods.labels, others)) {
    const definer = hidden ? ` ${namesOf(hidden)}, which defines it, is not used there.` : ''
    return problem(
      'ITS-SUBSET-HIDDEN',
      `DestinationRule ${namesOf(applied)} is for other Pods (workloadSelector ${labelsText(others)}), and still hides subset ${subset} of host ${host} from gateways in namespace ${pods.namespace}.${definer} ${LOST}`,
      `Remove its workloadSelector, move it to the namespace of those Pods, or add a DestinationRule without workloadSelector for the host in namespace ${pods.namespace}:${yaml}`,
    )
  }
  if (applied && hidden) {
    const gateway = pods ? `Gateways in namespace ${pods.namespace} use` : 'The gateway uses'
    return problem(
      'ITS-SUBSET-HIDDEN',
      `DestinationRule ${namesOf(applied)} hides subset ${subset} of host ${host}. ${gateway} it instead of ${namesOf(hidden)}, which defines ${subset}. ${LOST}`,
      `Add the subset to ${to}, or remove that rule:${yaml}`,
    )
  }
  return problem(
    'ITS-SUBSET-NOT-DEFINED',
    `No DestinationRule defines subset ${subset} of host ${host}. ${insteadText({ host, subset, applied, elsewhere, pods })}`,
    elsewhere.length === 0
      ? `Name a subset that is defined, or add this one to ${to} before the shift:${yaml}`
      : exportText(applied, elsewhere, yaml, grant),
  )
}

/** What there is instead of the subset. */
function insteadText({
  host,
  subset,
  applied,
  elsewhere,
  pods,
}: {
  host: string
  subset: string
  applied: MergedRule | undefined
  elsewhere: readonly DestinationRule[]
  pods: ClientPods | undefined
}): string {
  const unseen = elsewhere.map(nameOf).join(', ')
  const gateway = pods ? `the gateway's namespace ${pods.namespace}` : 'the gateway'
  const notExported = unseen === '' ? '' : `${unseen} is not exported to ${gateway}.`
  if (applied === undefined) return notExported || `There is no DestinationRule for host ${host}.`
  const known = applied.subsets.map(({ name }) => name)
  const guess = unseen === '' ? suggestion(nearest(subset, known)) : ''
  const defined = `DestinationRule ${namesOf(applied)} defines ${known.join(', ') || 'no subsets'}.${guess}`
  return notExported === '' ? defined : `${defined} ${notExported}`
}

function exportText(
  applied: MergedRule | undefined,
  elsewhere: readonly DestinationRule[],
  yaml: string,
  grant: string,
): string {
  if (applied === undefined) return `Export it to the gateway's namespace.${grant}`
  const unseen = elsewhere.map(nameOf).join(', ')
  return `Give ${unseen} the same exportTo as DestinationRule ${namesOf(applied)}, or add the subset to that one:${yaml}`
}

/** `{version: v2}`, as YAML. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  const each = Object.entries(labels).map(([key, value]) => `${key}: ${yamlText(value)}`)
  return `{${each.join(', ')}}`
}

/** Quotes a text that YAML would read as a number, a boolean or null. */
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
