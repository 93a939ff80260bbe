import type { Problem } from '../../problem/problem.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { chooseListeners, type FoundListeners } from './choose-listeners.ts'
import type { GatewayObject } from './gateway-object.ts'
import type { AtListener } from './listener-fit.ts'
import { readNamespaceLabels } from './namespaces.ts'
import { readGateway } from './read-gateway.ts'

/** A Gateway that a route names, with the listeners that the rule gets traffic of, or why there are none. */
export type ReadParent = { name: string } & (
  | ({ kind: 'found' } & FoundListeners)
  | { kind: 'unfit'; finding: Problem }
)

type ParentSearch = Pick<GatewaySearch, 'api' | 'apiVersion' | 'object' | 'rule' | 'probeHost'>

/** Reads the Gateways that a route names, in its order. */
export async function readParents(
  search: ParentSearch,
  signal: AbortSignal,
): Promise<readonly ReadParent[]> {
  const names = gatewaysOf(search.rule).filter((name) => name !== MESH_GATEWAY)
  const read = await Promise.all(names.map((name) => readGateway(search, name, signal)))
  const gateways = read.flatMap((one): GatewayObject[] => ('finding' in one ? [] : [one.gateway]))
  const labelsOf = await readNamespaceLabels(
    search.api,
    gateways.flatMap(({ listeners }) => listeners),
    search.object.namespace,
    signal,
  )
  return read.map((one, index): ReadParent => {
    const name = names[index] ?? ''
    const chosen = 'finding' in one ? one : chooseListeners(search, one.gateway, labelsOf)
    return 'finding' in chosen
      ? { name, kind: 'unfit', finding: chosen.finding }
      : { name, kind: 'found', ...chosen }
  })
}

/** The listeners of Gateways that the rule gets traffic of. */
export function fittingOf(read: readonly ReadParent[]): AtListener[] {
  return read.flatMap((one) =>
    one.kind === 'found'
      ? one.listeners.map((listener) => ({ gateway: one.gateway, listener }))
      : [],
  )
}
