import { type Problem, problem } from '../../problem/problem.ts'
import { hostnamesOf, parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from '../gateway-search.ts'
import { findHostElsewhere } from '../probe-host.ts'
import type { GatewayListener, GatewayObject } from './gateway-object.ts'
import { type AtListener, attachment, names } from './listener-fit.ts'
import { admits, admittedHosts, isReached, reachedHosts } from './listener-hosts.ts'
import type { NamespaceLabels } from './namespaces.ts'

/** A Gateway, and its listeners whose traffic the rule gets, the preferred one first. */
export type FoundListeners = {
  gateway: GatewayObject
  listeners: readonly [GatewayListener, ...GatewayListener[]]
}

type ForRule = Pick<GatewaySearch, 'rule' | 'object' | 'probeHost'>

/** The listeners of a Gateway that a run can connect to. */
export function chooseListeners(
  search: ForRule,
  gateway: GatewayObject,
  labelsOf: NamespaceLabels,
): FoundListeners | { finding: Problem } {
  const elsewhere = findHostElsewhere(search, hostnamesOf(search.object))
  if (elsewhere) return { finding: elsewhere }
  const [first, ...others] = fittingListeners(search, gateway, labelsOf)
  return first === undefined
    ? { finding: noListener(search, gateway, labelsOf) }
    : { gateway, listeners: [first, ...others] }
}

/**
 * The listeners of a Gateway whose traffic the rule gets, unless another route comes first: in the order of the
 * parentRefs, then of the Gateway. Those to which the host that probe-host names belongs come first. For tcp rules, those
 * without TLS do, because a probe without TLS gets no reply from the others.
 */
export function fittingListeners(
  search: ForRule,
  gateway: GatewayObject,
  labelsOf: NamespaceLabels,
): GatewayListener[] {
  const { rule, object, probeHost } = search
  const named = parentsOf(object).flatMap((parent) =>
    gateway.listeners.filter((listener) => names(parent, { gateway, listener })),
  )
  const fitting = [...new Set(named)].filter(
    (listener) => unfitness(search, { gateway, listener }, labelsOf) === undefined,
  )
  const isPreferred = (listener: GatewayListener) =>
    rule.protocol === 'tcp'
      ? listener.tls === 'none'
      : probeHost === undefined || isReached({ gateway, listener }, object, probeHost)
  return [...fitting.filter(isPreferred), ...fitting.filter((one) => !isPreferred(one))]
}

/** Why the rule does not get a listener's traffic; undefined if it gets some. */
function unfitness(
  { rule, object, probeHost }: ForRule,
  at: AtListener,
  labelsOf: NamespaceLabels,
): string | undefined {
  const attached = attachment(object, at, labelsOf)
  if (attached.kind === 'refused') return attached.why
  if (rule.protocol === 'tcp') return undefined
  const admitted = admittedHosts(at.listener, object)
  const reached = reachedHosts(at, object)
  const getsSome = probeHost === undefined ? reached.length > 0 : admits(reached, probeHost)
  if (getsSome) return undefined
  if (probeHost !== undefined && !admits(admitted, probeHost))
    return `does not admit host ${probeHost}, which probe-host names`
  return `has no traffic for ${probeHost ?? admitted.join(', ')}, because another listener of the port has a more specific hostname`
}

function noListener(search: ForRule, gateway: GatewayObject, labelsOf: NamespaceLabels): Problem {
  const { name, kind } = search.object
  const reasons = gateway.listeners.map((listener) => {
    const why = unfitness(search, { gateway, listener }, labelsOf) ?? 'fits'
    return `${listener.name} (port ${listener.port}) ${why}`
  })
  return problem(
    'ITS-NO-MATCHING-LISTENER',
    `Gateway ${gateway.namespace}/${gateway.name} has no listener for this rule: ${reasons.join('; ') || 'it has no listeners'}.`,
    `Add such a listener to the Gateway, or attach ${kind} ${name} to a Gateway that has one. ${GIVE_ENDPOINT}`,
  )
}
