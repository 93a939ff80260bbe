import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { type Client, openClient } from './client.ts'
import { testChanges } from './gateway/changes.ts'
import { testDestinations } from './gateway/destinations.ts'
import { testRules } from './gateway/rules.ts'
import { testVisibility } from './gateway/visibility.ts'
import { testWeights } from './gateway/weights.ts'
import type { Subject } from './subject.ts'

/** Declares what the project counts on of a mesh's gateway, and of istiod behind it. It leaves the objects as they were. */
export function testGateway(subject: () => Subject): void {
  describe('the gateway', () => {
    let admin: Client
    beforeAll(() => {
      admin = openClient(subject().adminKubeconfig)
    })
    beforeEach(() => subject().reset())
    afterAll(async () => {
      admin.close()
      await subject().reset()
    })

    for (const declare of [testWeights, testChanges, testRules, testVisibility, testDestinations])
      declare(() => ({ ...subject(), admin }))
  })
}
