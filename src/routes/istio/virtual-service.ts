import { pointer } from '../../kube/json-patch.ts'
import { ISTIO_NETWORKING } from '../../kube/resources.ts'
import type { RouteKind } from '../route-kind.ts'
import { portsOf } from '../rule.ts'
import { checkCovered, coveringRule } from './covering-rule.ts'
import { readSubsets } from './read-subsets.ts'
import { selectTcpRules, unsupportedRules } from './select-tcp-rules.ts'
import { boundGateways, ISTIO_FORMAT, tcpRules } from './tcp-rules.ts'

/** Istio's VirtualService, of which tcp rules can be shifted. */
export const VIRTUAL_SERVICE: RouteKind = {
  kind: 'VirtualService',
  api: {
    group: ISTIO_NETWORKING,
    plural: 'virtualservices',
    versions: ['v1', 'v1beta1', 'v1alpha3'],
  },
  ruleLists: ['tcp'],
  rules: tcpRules,
  boundGateways,
  unsupported: unsupportedRules,
  select: selectTcpRules,
  selectorOf: (rule) => ({ kind: 'tcp', port: portsOf(rule)[0] }),
  coveringRule,
  format: ISTIO_FORMAT,
  guard: ({ identity, path }) =>
    identity === null ? [] : [{ op: 'test', path: pointer(...path, 'match'), value: identity }],
  readBackends: readSubsets,
  preflightChecks: [checkCovered],
  disturbs: () => 'closes open connections',
}
