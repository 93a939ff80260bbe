import { afterAll, beforeAll } from 'vitest'
import { type HeldConnection, relayTo } from '../../faults/held-connection.ts'
import { createSecondGateway, removeSecondGateway } from '../../objects/gateway-replica.ts'
import { ISTIOD } from '../../processes/addresses.ts'
import { startEnvoy } from '../../processes/envoy.ts'
import { killProcess } from '../../processes/process.ts'
import { api } from './route.ts'

const PORT = 15090

/** Starts a second replica of the gateway before the tests, and returns what holds and releases its configuration. */
export function secondReplica(): () => HeldConnection {
  let configuration: HeldConnection | undefined
  beforeAll(async () => {
    configuration = await relayTo(ISTIOD.xds, PORT)
    await createSecondGateway(api)
    await startEnvoy('second', PORT)
  })
  afterAll(async () => {
    await removeSecondGateway(api)
    await killProcess('envoy-second')
    await configuration?.stop()
  })
  return () => {
    if (configuration === undefined) throw new Error('the second replica is not started')
    return configuration
  }
}
