import type { GatewayPods } from '../../gateways/gateway-pods.ts'
import { ISTIO_NETWORKING } from '../../kube/resources.ts'
import { destinationIndex } from '../../routes/destination-names.ts'
import { kindOf } from '../../routes/kinds.ts'
import { gatewaysOf, type Rule } from '../../routes/rule.ts'
import { type Candidate, isOfMesh } from '../find/candidate.ts'
import type { Inputs } from '../samples/run-context.ts'

/** A rule of a Role in a namespace. */
export type Right = {
  namespace: string
  group: string
  resource: string
  /** The only objects that it is for; undefined: all of the namespace. */
  names?: readonly string[]
  verbs: readonly string[]
  /** Without it a run ends before the write. With the others, it checks more. */
  isRequired: boolean
}

export type RightsFacts = {
  candidate: Pick<Candidate, 'object' | 'rule'>
  /** Of the step, with the defaults left out. */
  inputs: Inputs
  /** Of the gateway, where it was found. */
  pods: GatewayPods | undefined
  /** The port of the gateway's server. */
  port: number | undefined
}

/** The least rights for a run with these inputs on this object, those that it must have first. */
export function rightsOf(facts: RightsFacts): Right[] {
  const { inputs } = facts
  const all = [
    ...ofObject(facts),
    ...ofGateway(facts),
    ...ofConnect(facts),
    ...(inputs.evidence === 'counters' ? ofCounters(facts) : []),
    ...ofDestinations(facts),
    ...ofEvents(facts),
    ...ofProxies(facts),
  ]
  const isSame = (one: Right, other: Right) => textOf(one) === textOf(other)
  const sorted = [...all.filter((one) => one.isRequired), ...all.filter((one) => !one.isRequired)]
  return sorted.filter((right, index) => sorted.findIndex((one) => isSame(one, right)) === index)
}

function textOf({ namespace, group, resource, names = [], verbs }: Right): string {
  return [namespace, group, resource, names.join(), verbs.join()].join(' ')
}

const required = { isRequired: true }
const optional = { isRequired: false }
const core = { group: '' }

function ofObject({ candidate: { object } }: RightsFacts): Right[] {
  const { group, plural } = kindOf(object).api
  const { namespace, name } = object
  return [
    { namespace, group, resource: plural, names: [name], verbs: ['get', 'patch'], ...required },
  ]
}

/** What leads from the rule to an address. */
function ofGateway({ candidate: { object, rule }, inputs, pods }: RightsFacts): Right[] {
  const { group } = kindOf(object).api
  if (inputs.endpoint !== undefined || inputs.connect === 'job' || inputs.traffic === 'users')
    return []
  const gateways = namespacesOf(rule).map(
    (namespace): Right => ({ namespace, group, resource: 'gateways', verbs: ['get'], ...required }),
  )
  if (pods === undefined) return gateways
  const { namespace, service } = pods
  const isNamed = inputs['gateway-service'] !== undefined || group !== ISTIO_NETWORKING
  const services: Right = isNamed
    ? {
        namespace,
        ...core,
        resource: 'services',
        names: [service.name],
        verbs: ['get'],
        ...required,
      }
    : { namespace, ...core, resource: 'services', verbs: ['list'], ...required }
  return [...gateways, services]
}

/** What the way of the samples takes. */
function ofConnect({ candidate, inputs, pods, port }: RightsFacts): Right[] {
  const { connect } = inputs
  if (connect === 'job') return ofJob(candidate, inputs)
  if (pods === undefined) return []
  const { namespace, service } = pods
  if (connect === 'port-forward') return tunnels(namespace, true)
  if (connect !== 'api-proxy') return []
  const name = `http:${service.name}:${service.port(port ?? 0) ?? port}`
  const verbs = [proxyVerb(inputs['probe-method'] ?? 'GET')]
  return [{ namespace, ...core, resource: 'services/proxy', names: [name], verbs, ...required }]
}

/** The verb that a request through the API server needs. */
function proxyVerb(method: string): string {
  const verbs: Readonly<Record<string, string>> = {
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  }
  return verbs[method] ?? 'get'
}

function ofJob({ object, rule }: RightsFacts['candidate'], inputs: Inputs): Right[] {
  const namespace = inputs['job-namespace'] ?? object.namespace
  const here = { namespace, ...required }
  const sendsSecrets = inputs.expect !== 'stamp' || inputs['probe-headers'] !== undefined
  return [
    { ...here, group: 'batch', resource: 'jobs', verbs: ['create', 'get', 'list', 'delete'] },
    { ...here, ...core, resource: 'pods', verbs: ['list'] },
    { ...here, ...core, resource: 'pods/log', verbs: ['get'] },
    { ...here, ...core, resource: 'services', verbs: ['list'] },
    { ...here, ...core, resource: 'services', verbs: ['get'], ...optional },
    ...(sendsSecrets
      ? [{ ...here, ...core, resource: 'secrets', verbs: ['create', 'delete'] }]
      : []),
    // Clients call a rule of the mesh at the port of its Service.
    ...(isOfMesh({ rule })
      ? [
          {
            ...core,
            namespace: object.namespace,
            resource: 'services',
            verbs: ['get'],
            ...required,
          },
        ]
      : []),
  ]
}

/** What the counters of proxies take: tunnels to their Pods. */
function ofCounters({ candidate: { object }, inputs, pods }: RightsFacts): Right[] {
  const clients = inputs['client-pods']?.split('/')[0]
  if (clients === undefined) return pods === undefined ? [] : tunnels(pods.namespace, true)
  const services: Right = {
    namespace: object.namespace,
    ...core,
    resource: 'services',
    verbs: ['get'],
    ...required,
  }
  return [...tunnels(clients, true), services]
}

/** What is behind the destinations. */
function ofDestinations({ candidate: { object, rule }, inputs }: RightsFacts): Right[] {
  // Only a look at Services tells a new one from a subset.
  const isNew = destinationIndex(rule.destinations, inputs.subset ?? '') === undefined
  const needsServices =
    isNew && rule.format.hasSubsets && rule.destinations[0]?.subset === undefined
  const namespaces = rule.destinations.map(
    (one) => rule.format.serviceOf(one, object.namespace)?.namespace ?? object.namespace,
  )
  return [...new Set(namespaces)].flatMap((namespace): Right[] => [
    ...(rule.format.hasSubsets ? [destinationRules(namespace)] : []),
    { namespace, ...core, resource: 'services', verbs: ['get'], isRequired: needsServices },
    { namespace, ...core, resource: 'pods', verbs: ['list'], ...optional },
  ])
}

/** What `kubectl describe` shows of a run. */
function ofEvents({ candidate: { object }, inputs }: RightsFacts): Right[] {
  if (inputs['kubernetes-events'] === 'false') return []
  const { namespace } = object
  return [{ namespace, ...core, resource: 'events', verbs: ['create'], ...optional }]
}

/** Every gateway replica, and what hides subsets from it. */
function ofProxies({ candidate: { rule }, inputs, pods }: RightsFacts): Right[] {
  if (inputs.proxies === 'off') return []
  const namespaces = pods === undefined ? namespacesOf(rule) : [pods.namespace]
  return namespaces.flatMap((namespace) => [
    ...(rule.format.hasSubsets ? [destinationRules(namespace)] : []),
    ...tunnels(namespace, false),
  ])
}

/** Those of the gateways of a rule. */
function namespacesOf(rule: Rule): string[] {
  const named = gatewaysOf(rule).filter((gateway) => gateway.includes('/'))
  return [...new Set(named.map((gateway) => gateway.split('/')[0] ?? ''))]
}

function destinationRules(namespace: string): Right {
  return {
    namespace,
    group: ISTIO_NETWORKING,
    resource: 'destinationrules',
    verbs: ['list'],
    ...optional,
  }
}

function tunnels(namespace: string, isRequired: boolean): Right[] {
  return [
    { namespace, ...core, resource: 'pods', verbs: ['list'], isRequired },
    { namespace, ...core, resource: 'pods/portforward', verbs: ['create', 'get'], isRequired },
  ]
}
