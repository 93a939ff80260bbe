import { afterAll, beforeAll, describe } from 'vitest'
import { type Client, openClient } from './client.ts'
import { testFilters } from './gateway-api/filters.ts'
import { testGrpc } from './gateway-api/grpc.ts'
import { testListeners } from './gateway-api/listeners.ts'
import { testNetwork } from './gateway-api/network.ts'
import { testObjects } from './gateway-api/objects.ts'
import { testPrecedence } from './gateway-api/precedence.ts'
import { testStatus } from './gateway-api/status.ts'
import { testBackendWeights } from './gateway-api/weights.ts'
import type { Subject } from './subject.ts'

/** Declares what the project counts on of a mesh that speaks the Gateway API. It leaves the objects as they were. */
export function testGatewayApi(subject: () => Subject): void {
  describe('the Gateway API', () => {
    let admin: Client
    const mesh = () => ({ ...subject(), admin })
    beforeAll(() => {
      admin = openClient(subject().adminKubeconfig)
    })
    afterAll(() => admin.close())

    for (const declare of [
      testObjects,
      testStatus,
      testListeners,
      testBackendWeights,
      testPrecedence,
      testFilters,
      testGrpc,
      testNetwork,
    ])
      declare(mesh)
  })
}
