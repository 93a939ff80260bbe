import { isObject, type Json, labelsAt } from '../../kube/json.ts'
import { type PatchOperation, pointer } from '../../kube/json-patch.ts'
import type { RouteKind } from '../route-kind.ts'
import type { Rule } from '../rule.ts'
import { VIRTUAL_SERVICE_TYPE } from '../types/route-types.ts'
import { ISTIO_SURROUNDINGS } from './istio-surroundings.ts'
import { hit } from './match/hit.ts'
import { unmetConditions } from './match/unmet.ts'
import { readSubsets } from './read-subsets.ts'
import { checkCovered, coveringRule } from './rules/covering-rule.ts'
import { ISTIO_FORMAT } from './rules/istio-format.ts'
import { boundGateways } from './rules/listeners.ts'
import { selectorOf, selectRules } from './rules/select-rules.ts'
import { RULE_LISTS, virtualServiceRules } from './rules/virtual-service-rules.ts'

/** Istio's VirtualService with its http, tls and tcp rules. */
export const VIRTUAL_SERVICE: RouteKind = {
  ...VIRTUAL_SERVICE_TYPE,
  surroundings: ISTIO_SURROUNDINGS,
  ruleLists: RULE_LISTS,
  fields: { hosts: 'hosts', gateways: 'gateways', path: 'uri' },
  rules: virtualServiceRules,
  hit,
  unmetConditions,
  boundGateways,
  select: selectRules,
  selectorOf,
  coveringRule,
  pathsOf: urisOf,
  withDefaults: (identity) => identity,
  format: ISTIO_FORMAT,
  guard,
  readBackends: readSubsets,
  preflightChecks: [checkCovered],
  // The weights of http rules are in a route table of its own, which is replaced without the listener.
  disturbs: ({ protocol }) => (protocol === 'http' ? undefined : CLOSES_CONNECTIONS),
}

/** The paths that an http rule matches. */
function urisOf({ listeners }: Rule): string[] {
  return listeners.flatMap(({ match }) =>
    Object.entries(labelsAt(match, 'uri')).map(([kind, text]) => `${kind} ${text}`),
  )
}

/** The weights of tcp and tls rules are in the gateway's listener. */
export const CLOSES_CONNECTIONS =
  'Each write of new weights closes the connections that were open before, once the gateway has drained its old listener (45 s by default).'

/** An operation for each part of the rule's identity that is there: JSON Patch cannot test that a field is missing. */
function guard({ identity, path, protocol }: Rule): PatchOperation[] {
  if (identity === null) return []
  const test = (field: string, value: Json): PatchOperation => ({
    op: 'test',
    path: pointer(...path, field),
    value,
  })
  if (protocol !== 'http' || !isObject(identity)) return [test('match', identity)]
  return Object.entries(identity).map(([field, value]) => test(field, value))
}
