import { afterAll, beforeAll, describe } from 'vitest'
import { dig, type Json } from '../../sandbox/objects/json.ts'
import { type Client, openClient } from './client.ts'
import { writeSpec } from './gateway/mesh.ts'
import { testHeaders } from './http/headers.ts'
import { testMatching } from './http/matching.ts'
import { WEB_ROUTE } from './http/mesh.ts'
import { testOrder } from './http/order.ts'
import { testReplies } from './http/replies.ts'
import { testRetries } from './http/retries.ts'
import { testTls } from './http/tls.ts'
import { testHttpWeights } from './http/weights.ts'
import type { Subject } from './subject.ts'

/** Declares what the project counts on of a gateway for HTTP and TLS. It leaves the objects as they were. */
export function testHttpGateway(subject: () => Subject): void {
  describe('the gateway for HTTP', () => {
    let admin: Client
    let before: Json = null
    const mesh = () => ({ ...subject(), admin })
    beforeAll(async () => {
      admin = openClient(subject().adminKubeconfig)
      const { body } = await admin.call('GET', WEB_ROUTE)
      before = dig(body, 'spec', 'http') ?? null
    })
    afterAll(async () => {
      await writeSpec(mesh(), WEB_ROUTE, { http: before })
      admin.close()
    })

    for (const declare of [
      testMatching,
      testOrder,
      testReplies,
      testRetries,
      testHeaders,
      testHttpWeights,
      testTls,
    ])
      declare(mesh)
  })
}
