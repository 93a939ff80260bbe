import { afterAll, beforeAll, describe } from 'vitest'
import { type Client, openClient } from './client.ts'
import type { Subject } from './subject.ts'
import { testMatches } from './web/matches.ts'
import { testOwnReplies } from './web/own-replies.ts'
import { testRequests } from './web/requests.ts'
import { testTls } from './web/tls.ts'

/** Declares what the project counts on of a gateway that routes requests. It leaves the objects as they were. */
export function testWeb(subject: () => Subject): void {
  describe('the gateway, for requests,', () => {
    let admin: Client
    beforeAll(() => {
      admin = openClient(subject().adminKubeconfig)
    })
    afterAll(() => admin.close())

    for (const declare of [testRequests, testMatches, testOwnReplies, testTls])
      declare(() => ({ ...subject(), admin }))
  })
}
