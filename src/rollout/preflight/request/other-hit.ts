import type { ServedAs } from '../../../gateways/gateway-search.ts'
import type { Options } from '../../../options/options.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { capitalized } from '../../../problem/sentence.ts'
import { kindOf } from '../../../routes/kinds.ts'
import type { ProbeRequest } from '../../../routes/probe-request.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { type Rule, trafficWord } from '../../../routes/rule.ts'
import { ruleWords } from '../../../routes/rule-texts.ts'
import { uniqueName } from '../../../routes/select-rule.ts'
import { howToHit } from './how-to-hit.ts'

/**
 * Whether what a run sends hits its rule, as far as the rules of the object decide it. Samples of another rule would
 * say nothing about the weights of this one. A rule that nothing can hit is not reported again.
 */
export function findOtherHit(
  served: ServedAs,
  request: ProbeRequest,
  mode: Options['mode'],
): Problem[] {
  const { object, rule, origins } = served
  const kind = kindOf(object)
  const rules = kind.rules(object)
  // A rule of a delegate that covers this one is reported nowhere else.
  if (mode !== 'verify' && origins === undefined && kind.coveringRule(rule, rules)) return []
  const nameOf = (one: Rule) => writtenName(served, one)
  const whose = `${object.namespace}/${object.name}`
  const what = `The ${trafficWord(rule)}s of this run`
  const found = kind.hit(object, request)
  const remedy = (others: readonly Rule[]) =>
    howToHit(kind.unmetConditions(rule, request), {
      request,
      rule: nameOf(rule),
      others: others.map(nameOf),
    })
  if (found.kind === 'none')
    return [
      problem(
        'ITS-PROBE-HITS-NO-RULE',
        `${what} would hit no rule of ${whose}: ${requestText(request)}.`,
        remedy([]),
      ),
    ]
  const hit = found.kind === 'rule' ? [found.rule] : found.candidates
  const others = hit.filter((one) => !isSame(one, rule))
  if (others.length === hit.length)
    return [
      problem(
        'ITS-PROBE-HITS-OTHER-RULE',
        `${what} would hit ${others.map(nameOf).join(' or ')}${isElsewhere(served, others) ? '' : ` of ${whose}`} instead of ${nameOf(rule)}: ${requestText(request)}.${others.map((one) => insteadText(nameOf(one), one)).join('')}`,
        remedy(others),
      ),
    ]
  if (found.kind === 'rule') return []
  const instead = others.length > 0 ? `, instead of ${others.map(nameOf).join(' or ')},` : ''
  return [
    warning(
      'ITS-PROBE-HIT-UNKNOWN',
      `Whether the ${trafficWord(rule)}s of this run hit ${nameOf(rule)}${instead} is not known: ${found.why}.`,
      `Check that expect matches replies of ${nameOf(rule)} only.`,
    ),
  ]
}

/** A rule by the name that it has where it is written: in the object itself, or in one that this delegates to. */
function writtenName({ object, origins }: ServedAs, rule: Rule): string {
  const origin = origins?.[rule.index]
  if (origin === undefined) return nameIn(object, rule)
  const rules = kindOf(origin.object).rules(origin.object)
  const written = rules.find((one) => isSame(one, { ...rule, index: origin.index })) ?? rule
  const name = nameIn(origin.object, written)
  return origin.object.uid === object.uid
    ? name
    : `${name} of ${origin.object.namespace}/${origin.object.name}`
}

/** Whether one of the rules is written in another object. */
function isElsewhere({ object, origins }: ServedAs, rules: readonly Rule[]): boolean {
  return rules.some(({ index }) => (origins?.[index]?.object.uid ?? object.uid) !== object.uid)
}

/** The warning that it is not known which of several rules samples hit, because what they send is not. */
export function findUnknownHit(
  { object, rule }: { object: RouteObject; rule: Rule },
  why: string,
): Problem[] {
  const all = kindOf(object).rules(object)
  if (!all.some((one) => one.protocol === rule.protocol && !isSame(one, rule))) return []
  const name = nameIn(object, rule)
  return [
    warning(
      'ITS-PROBE-HIT-UNKNOWN',
      `Whether the ${trafficWord(rule)}s of this run hit ${name} is not known: ${why}.`,
      `Use probe: http where you can. Otherwise check that expect matches replies of ${name} only.`,
    ),
  ]
}

/** `rule http:web`, as `route` accepts it. */
export function nameIn(object: RouteObject, rule: Rule): string {
  const kind = kindOf(object)
  const rules = kind.rules(object)
  const listed = rules.find((same) => isSame(same, rule)) ?? rule
  return ruleWords(uniqueName(kind, listed, rules))
}

/** Whether both are at one place of the same object. */
export function isSame(one: Rule, other: Rule): boolean {
  return one.protocol === other.protocol && one.index === other.index
}

/** What a rule without destinations does. */
function insteadText(name: string, { lacksDestinations }: Rule): string {
  switch (lacksDestinations?.kind) {
    case 'redirect':
      return ` ${capitalized(name)} redirects them.`
    case 'direct-response':
      return ` ${capitalized(name)} answers them without a destination.`
    default:
      return ''
  }
}

/** `GET /api for shop.example.com at port 80 of Gateway demo/public`. */
export function requestText(request: ProbeRequest): string {
  const place = `at port ${request.port} of Gateway ${request.gateway}`
  switch (request.protocol) {
    case 'http':
      return `${request.method} ${request.path} for ${request.authority} ${place}`
    case 'tls':
      return request.sni === '' ? `TLS without a host ${place}` : `TLS for ${request.sni} ${place}`
    case 'tcp':
      return `TCP ${place}`
  }
}
