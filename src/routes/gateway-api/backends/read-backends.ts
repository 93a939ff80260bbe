import { numberAt, objectsAt } from '../../../kube/json.ts'
import { coreResource, grantingRule, readObject } from '../../../kube/resources.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import type { BackendSearch, Backends } from '../../route-kind.ts'
import type { Destination, RuleFormat, ServiceName } from '../../rule-format.ts'
import { grantYaml, isGranted, readGrants } from './reference-grants.ts'

/** A destination and its Service. */
type Backend = { destination: Destination; service: ServiceName }

/**
 * Whether the Services of destinations that are to get weight are there with their ports, and whether a route may use
 * those of other namespaces. The traffic of a backend that is not valid is lost. Its Pods have no labels but those that
 * its Service asks for.
 */
export async function readBackends(
  search: BackendSearch,
  destinations: readonly Destination[],
  { kind, format }: { kind: string; format: RuleFormat },
  signal: AbortSignal,
): Promise<Backends> {
  const backends = destinations.flatMap((destination): Backend[] => {
    const service = format.serviceOf(destination, search.namespace)
    return service === undefined || destination.otherKind !== undefined
      ? []
      : [{ destination, service }]
  })
  const from = { kind, namespace: search.namespace }
  const [services, grants] = await Promise.all([
    servicesOf(search, backends, signal),
    grantsFor(search, backends, from, signal),
  ])
  return { labels: () => ({}), findings: [...services, ...grants] }
}

/** A Service that may not be read is no finding here: the count of its Pods says so. */
async function servicesOf(
  { workloads }: BackendSearch,
  backends: readonly Backend[],
  signal: AbortSignal,
): Promise<Problem[]> {
  if (workloads === undefined) return []
  const found = await Promise.all(
    backends.map(async ({ destination, service }): Promise<Problem[]> => {
      const { namespace, name } = service
      const read = await readObject(workloads, coreResource('services', namespace, name), signal)
      if (read.kind === 'denied') return []
      if (read.kind === 'missing') return [noService(service, workloads.server)]
      const ports = objectsAt(read.value, 'spec', 'ports').flatMap(
        (one) => numberAt(one, 'port') ?? [],
      )
      const { port } = destination
      if (port !== undefined && (ports.includes(port) || ports.length === 0)) return []
      return [noPort(service, port, ports)]
    }),
  )
  return found.flat()
}

function noService({ namespace, name }: ServiceName, server: string): Problem {
  return problem(
    'ITS-BACKEND-NOT-FOUND',
    `Service ${namespace}/${name} does not exist on ${server}. Traffic for it would be lost.`,
    'Create the Service first, or name another one.',
  )
}

function noPort(
  { namespace, name }: ServiceName,
  port: number | undefined,
  ports: readonly number[],
): Problem {
  const has =
    ports.length === 0 ? 'no port' : `the port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`
  return problem(
    'ITS-BACKEND-PORT-NOT-FOUND',
    port === undefined
      ? `The backend ${name} names no port, which a Service must have. Service ${namespace}/${name} has ${has}.`
      : `Service ${namespace}/${name} has ${has}, but not ${port}. Traffic for that port would be lost.`,
    'Set the port of the backend to one that the Service has.',
  )
}

async function grantsFor(
  { api, namespace }: BackendSearch,
  backends: readonly Backend[],
  from: { kind: string; namespace: string },
  signal: AbortSignal,
): Promise<Problem[]> {
  const foreign = backends.filter(({ service }) => service.namespace !== namespace)
  const namespaces = [...new Set(foreign.map(({ service }) => service.namespace))]
  const found = await Promise.all(
    namespaces.map(async (other): Promise<Problem[]> => {
      const read = await readGrants(api, other, signal)
      if (read.kind === 'denied')
        return [
          warning(
            'ITS-REFERENCE-GRANTS-NOT-CHECKED',
            `Not checked: whether a ReferenceGrant lets the route use Services of namespace ${other}. Listing referencegrants there is not allowed.`,
            grantingRule(read.resource),
          ),
        ]
      return foreign
        .filter(({ service }) => service.namespace === other)
        .filter(({ service }) => !isGranted(read.grants, from, service))
        .map(({ service }) => notGranted(from, service))
    }),
  )
  return found.flat()
}

function notGranted(from: { kind: string; namespace: string }, service: ServiceName): Problem {
  return problem(
    'ITS-REFERENCE-NOT-GRANTED',
    `No ReferenceGrant in namespace ${service.namespace} lets an object of kind ${from.kind} in namespace ${from.namespace} use Service ${service.name}. Traffic for it would be lost.`,
    `Create one:\n${grantYaml(from, service)}`,
  )
}
