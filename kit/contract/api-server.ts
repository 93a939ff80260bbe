import { afterAll, beforeAll, describe } from 'vitest'
import { testDiscovery } from './api/discovery.ts'
import { testEvents } from './api/events.ts'
import { testIstiodDead } from './api/istiod-dead.ts'
import { testJsonPatch } from './api/json-patch.ts'
import type { Callers } from './api/objects.ts'
import { testOwners } from './api/owners.ts'
import { testReads } from './api/reads.ts'
import { testRights } from './api/rights.ts'
import { testSchema } from './api/schema.ts'
import { testWrites } from './api/writes.ts'
import { openClient } from './client.ts'
import type { Subject } from './subject.ts'

/** Declares what the project counts on of a mesh's API server. It leaves the objects as they were. */
export function testApiServer(subject: () => Subject): void {
  describe('the API server', () => {
    let callers: Callers
    beforeAll(() => {
      callers = {
        admin: openClient(subject().adminKubeconfig),
        user: openClient(subject().userKubeconfig),
      }
    })
    afterAll(() => {
      callers.admin.close()
      callers.user.close()
    })

    for (const declare of [
      testDiscovery,
      testReads,
      testJsonPatch,
      testSchema,
      testOwners,
      testWrites,
      testRights,
      testEvents,
    ])
      declare(() => callers)
    testIstiodDead(() => callers, subject)
  })
}
