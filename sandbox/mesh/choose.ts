import { type GatewayFault, latest } from '../faults/gateway-fault.ts'
import type { RouteDestination } from './clusters.ts'
import { sampleIndex } from './random.ts'

/** Chooses the destination of a connection; undefined if the route has none. */
export type Choose = <Destination extends RouteDestination>(
  route: readonly Destination[],
  clientAddress: string,
) => Destination | undefined

/** Chooses by weight, as Envoy does for every connection, except for current faults. */
export function createChoose(random: () => number, faults: () => readonly GatewayFault[]): Choose {
  const pins = new Map<string, string>()
  let block = { name: '', left: 0 }

  const sample: Choose = (route) => {
    const weights = weightsOf(route, latest(faults(), 'shares', 'even'))
    return weights.some((weight) => weight > 0) ? route[sampleIndex(weights, random)] : undefined
  }
  // The destinations with a weight, in turn.
  const next = <Destination extends RouteDestination>(route: readonly Destination[]) => {
    const weighted = route.filter((one) => one.weight > 0)
    return weighted[(weighted.findIndex((one) => one.name === block.name) + 1) % weighted.length]
  }
  const named = <Destination extends RouteDestination>(
    route: readonly Destination[],
    name: string | undefined,
  ) => route.find((one) => one.name === name)

  return (route, clientAddress) => {
    const fault = latest(faults(), 'pinned', 'blocks')
    if (fault?.kind === 'pinned') {
      const client = fault.by === 'address' ? clientAddress : ''
      const chosen = named(route, pins.get(client)) ?? sample(route, clientAddress)
      if (chosen !== undefined) pins.set(client, chosen.name)
      return chosen
    }
    pins.clear()
    if (fault?.kind !== 'blocks') return sample(route, clientAddress)
    const goesOn = block.left > 0 ? named(route, block.name) : undefined
    const chosen = goesOn ?? next(route)
    const left = goesOn === undefined ? fault.length : block.left
    block = { name: chosen?.name ?? '', left: left - 1 }
    return chosen
  }
}

function weightsOf(
  route: readonly RouteDestination[],
  fault: Extract<GatewayFault, { kind: 'shares' | 'even' }> | undefined,
): number[] {
  if (fault === undefined) return route.map((one) => one.weight)
  if (fault.kind === 'even') return route.map(() => 1)
  return route.map((one) => fault.shares[one.name] ?? 0)
}
