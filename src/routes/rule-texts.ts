import { gatewaysOf, type LacksDestinations, type Rule, trafficWord } from './rule.ts'

/** What a rule is, behind its name in a list: `to tcp-echo/v1, at demo/gateway`. */
export function ruleText(rule: Rule, covering: Rule | undefined): string {
  const { lacksDestinations: lacking } = rule
  if (lacking && lacking.kind !== 'none') return lackingText(lacking)
  const to = rule.destinations.map(({ host, subset }) =>
    [host, subset].filter((part) => part).join('/'),
  )
  const at = gatewaysOf(rule).join(', ') || 'no gateway of the object'
  const never = covering ? `, gets no ${trafficWord(rule)} because of ${covering.position}` : ''
  return `to ${to.join(', ') || 'nothing'}, at ${at}${never}`
}

/** What a rule does that has no destinations, as a predicate. */
export function lackingText(lacking: LacksDestinations): string {
  switch (lacking.kind) {
    case 'redirect':
      return 'redirects its requests'
    case 'direct-response':
      return 'answers its requests itself'
    case 'delegate':
      return `has its rules in VirtualService ${lacking.name} of namespace ${lacking.namespace}`
    case 'none':
      return 'has no destinations'
  }
}

/** What all of these rules distribute: `connections`, `requests`, or both. */
export function trafficOf(rules: readonly Rule[]): string {
  return [...new Set(rules.map((rule) => `${trafficWord(rule)}s`))].join(' or ') || 'traffic'
}
