import type { Api } from '../objects/api.ts'
import { createSecondGateway } from '../objects/gateway-replica.ts'
import { ISTIOD } from '../processes/addresses.ts'
import { startEnvoy } from '../processes/envoy.ts'
import { killProcess } from '../processes/process.ts'
import { type HeldConnection, relayTo } from './held-connection.ts'

/** Ports of the relays between the replicas and istiod. */
const PORTS = { first: 15091, second: 15090 }

/** Both replicas of the gateway, each with a connection to istiod that can be held. */
export async function heldReplicas(
  api: Api,
): Promise<Readonly<Record<'first' | 'second', HeldConnection>>> {
  const first = await relayTo(ISTIOD.xds, PORTS.first)
  const second = await relayTo(ISTIOD.xds, PORTS.second)
  await killProcess('envoy')
  await startEnvoy('first', PORTS.first)
  await createSecondGateway(api)
  await startEnvoy('second', PORTS.second)
  return { first, second }
}
