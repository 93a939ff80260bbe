import { listAt, numberAt, objectAt, textAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../../objects/kube-object.ts'
import type { Registry } from '../../objects/registry.ts'
import { badRequest, notFound, serviceUnavailable } from '../../objects/status-error.ts'

/** A Pod behind a Service's port. */
export type Endpoint = { pod: KubeObject; address: string; port: number }

/**
 * Finds an endpoint for `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`, at random. Only Pods of the Service's namespace count.
 * Throws StatusError. Source: kubernetes, pkg/registry/core/service/storage, ResourceLocation.
 */
export function endpointFor(
  id: string,
  namespace: string,
  registry: Registry,
  random: () => number,
): Endpoint & { scheme: string } {
  const parts = id.split(':')
  const [scheme = '', name = '', asked = ''] = parts.length < 3 ? ['', ...parts] : parts
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme))
    throw badRequest(`invalid service request ${JSON.stringify(id)}`)
  const all = (plural: string) => {
    const found = registry.resources.find((one) => one.plural === plural)
    return found === undefined ? [] : registry.storage.list(found, namespace)
  }
  const service = all('services').find((one) => one.metadata.name === name)
  if (service === undefined) throw notFound({ group: '', plural: 'services', name })
  const port = /^\d+$/.test(asked) ? portNamed(service, Number(asked)) : asked
  const found = all('endpointslices')
    .filter((slice) => textsOf(slice, 'labels')['kubernetes.io/service-name'] === name)
    .flatMap((slice) => endpointsIn(slice, port, all('pods')))
  const chosen = found[Math.floor(random() * found.length)]
  if (chosen === undefined)
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`)
  return { ...chosen, scheme: scheme === '' ? 'http' : scheme }
}

function portNamed(service: KubeObject, number: number): string {
  const found = listAt(service, 'spec', 'ports').find((one) => numberAt(one, 'port') === number)
  if (found !== undefined) return textAt(found, 'name') ?? ''
  const name = JSON.stringify(service.metadata.name)
  throw serviceUnavailable(`no service port ${number} found for service ${name}`)
}

function endpointsIn(slice: KubeObject, portName: string, pods: readonly KubeObject[]): Endpoint[] {
  const named = listAt(slice, 'ports').find((one) => (textAt(one, 'name') ?? '') === portName)
  const port = numberAt(named, 'port')
  if (port === undefined) return []
  return listAt(slice, 'endpoints')
    .filter((one) => objectAt(one, 'conditions').ready !== false)
    .flatMap((one) => {
      const name = textAt(one, 'targetRef', 'name')
      const pod = pods.find(
        (each) => each.metadata.name === name && namespaceOf(each) === namespaceOf(slice),
      )
      const [address] = textsAt(one, 'addresses')
      return pod === undefined || address === undefined ? [] : [{ pod, address, port }]
    })
}
