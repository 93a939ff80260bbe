import type { ApiServer } from '../../kube/api-server.ts'
import { ISTIO_NETWORKING, type Resource, readList } from '../../kube/resources.ts'
import { type DestinationRule, parseDestinationRule } from './destination-rule-order.ts'

/** The DestinationRules of the namespaces that were read so far. */
export type RuleReader = {
  rules: DestinationRule[]
  /** What may not be read. */
  denied: Resource[]
  /** Reads the rules of a namespace. It is read once, however often this is called. */
  read: (namespace: string) => Promise<void>
}

export function openRules(
  { api, apiVersion }: { api: ApiServer; apiVersion: string },
  signal: AbortSignal,
): RuleReader {
  const rules: DestinationRule[] = []
  const denied: Resource[] = []
  const reads = new Map<string, Promise<void>>()
  const readNow = async (namespace: string) => {
    const resource: Resource = {
      group: ISTIO_NETWORKING,
      version: apiVersion,
      plural: 'destinationrules',
      namespace,
      name: undefined,
    }
    const read = await readList(api, resource, signal)
    if (read.kind === 'found') rules.push(...read.value.map(parseDestinationRule))
    if (read.kind === 'denied') denied.push(resource)
  }
  const read = (namespace: string) => {
    const reading = reads.get(namespace) ?? readNow(namespace)
    reads.set(namespace, reading)
    return reading
  }
  return { rules, denied, read }
}
