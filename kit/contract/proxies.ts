import { afterAll, beforeAll, describe } from 'vitest'
import { dig, type Json } from '../../sandbox/objects/json.ts'
import { type Client, openClient } from './client.ts'
import { writeSpec } from './gateway/mesh.ts'
import { WEB_ROUTE } from './http/mesh.ts'
import { testConfigDump } from './proxies/config-dump.ts'
import { testCounters } from './proxies/counters.ts'
import { testDumpedHttp } from './proxies/dumped-http.ts'
import { testDumpedListeners } from './proxies/dumped-listeners.ts'
import type { Subject } from './subject.ts'

/** Declares what the project counts on of the admin endpoints of proxies. It leaves the objects as they were. */
export function testProxies(subject: () => Subject): void {
  describe('the admin endpoint of a proxy', () => {
    let admin: Client
    let before: Json = null
    const mesh = () => ({ ...subject(), admin })
    beforeAll(async () => {
      admin = openClient(subject().adminKubeconfig)
      const { body } = await admin.call('GET', WEB_ROUTE)
      before = dig(body, 'spec', 'http') ?? null
      await subject().reset()
    })
    afterAll(async () => {
      await writeSpec(mesh(), WEB_ROUTE, { http: before })
      await subject().reset()
      admin.close()
    })

    for (const declare of [testConfigDump, testDumpedListeners, testDumpedHttp, testCounters])
      declare(mesh)
  })
}
