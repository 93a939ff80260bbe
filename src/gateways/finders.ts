import { ISTIO_NETWORKING } from '../kube/resources.ts'
import { kindOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { GATEWAY_API } from '../routes/types/route-types.ts'
import { GATEWAY_API_FINDER } from './gateway-api/gateway-api-finder.ts'
import type { GatewayFinder } from './gateway-finder.ts'
import { ISTIO_FINDER } from './istio/istio-finder.ts'

/** By the API group of the route object. */
const FINDERS: ReadonlyMap<string, GatewayFinder> = new Map([
  [ISTIO_NETWORKING, ISTIO_FINDER],
  [GATEWAY_API, GATEWAY_API_FINDER],
])

/** What finds the gateway of a route object. Fails for an API group that has none. */
export function finderFor(object: Pick<RouteObject, 'kind'>): GatewayFinder {
  const { group } = kindOf(object).api
  const found = FINDERS.get(group)
  if (found === undefined) throw new RangeError(`${group} has no gateways`)
  return found
}
