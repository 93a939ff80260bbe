import { openApi } from '../objects/api.ts'
import { virtualService } from '../objects/tutorial.ts'
import { API_PORT } from '../processes/addresses.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { within } from '../processes/within.ts'

/** Sets the weights and resolves when the gateway has them. */
export async function startAt(weights: { v1: number; v2: number }): Promise<void> {
  await openApi(API_PORT).replace(virtualService(weights))
  await within(20_000, 'the weights to begin with', async () => {
    const routes = await gatewayRoutes()
    return routes?.v1 === weights.v1 && routes.v2 === weights.v2
  })
}
