import type { RouteKind } from './route-kind.ts'
import { gatewaysOf, type LacksDestinations, type Rule, trafficWord } from './rule.ts'

/** What a rule is, behind its name in a list: `to tcp-echo/v1, at demo/gateway`. */
export function ruleText(kind: RouteKind, rule: Rule, covering: Rule | undefined): string {
  const { lacksDestinations: lacking } = rule
  if (lacking && lacking.kind !== 'none') return lackingText(lacking)
  const to = rule.destinations.map(({ host, subset }) =>
    [host, subset].filter((part) => part).join('/'),
  )
  const at = gatewaysOf(rule).join(', ') || 'no gateway of the object'
  const never = covering ? `, gets no ${trafficWord(rule)} because of ${covering.position}` : ''
  const paths = shownPaths(kind.pathsOf(rule))
  const matched = paths.length === 0 ? '' : `${kind.fields.path} ${paths.join(' or ')}, `
  return `${matched}to ${to.join(', ') || 'nothing'}, at ${at}${never}`
}

/** `rule http[0]`, and `rule[0]` alone where the name has the word already. */
export function ruleWords(name: string): string {
  return /^rule[:[]/.test(name) ? name : `rule ${name}`
}

/** As many paths as tell rules apart. */
const MOST_PATHS = 3

function shownPaths(paths: readonly string[]): string[] {
  const each = [...new Set(paths)].map(shown)
  return each.length > MOST_PATHS ? [...each.slice(0, MOST_PATHS), 'more'] : each
}

function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 60)
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
