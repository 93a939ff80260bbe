import { describe, expect, test } from 'vitest'
import { hitsWithin } from '../binomial.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { named, replyWith, to, withRules } from './mesh.ts'
import { type Reply, type Sent, send } from './request.ts'

/** How seldom a test that should pass may fail by chance. */
const SURPRISE = 1e-6
const IN_FLIGHT = 16

/** Facts about weights of http rules. */
export function testRequests(mesh: () => Mesh): void {
  const weighted = (v1: number, v2: number) => [
    to('v1', { weight: v1, ...named('v1') }),
    to('v2', { weight: v2, ...named('v2') }),
  ]

  /** How many of so many requests v2 answered, which the header of its destination shows too. */
  async function countV2(ask: (sent?: Sent) => Promise<Reply>, requests: number): Promise<number> {
    let left = requests
    let found = 0
    const worker = async () => {
      while (left > 0) {
        left -= 1
        const { headers, body } = await ask()
        expect(mesh().web.versionOf(body)).toBe(headers['x-chosen'])
        if (headers['x-chosen'] === 'v2') found += 1
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
    return found
  }

  describe('weights', () => {
    test.each<[string, number, number]>([
      ['80 to 20', 80, 20],
      ['1 to 3, a sum other than 100', 1, 3],
      ['800 to 200, a sum above 100', 800, 200],
    ])('split the requests: %s', async (_, v1, v2) => {
      const ask = await withRules(mesh(), [{ route: weighted(v1, v2) }])
      await replyWith(ask, 200)
      const requests = 200
      const { least, most } = hitsWithin(requests, v2 / (v1 + v2), SURPRISE)
      const found = await countV2(ask, requests)
      expect(found).toBeGreaterThanOrEqual(least)
      expect(found).toBeLessThanOrEqual(most)
    })
  })

  test('the host of a request may have a port, and capital letters', async () => {
    for (const host of ['web.example.com:80', 'WEB.example.com'])
      expect(await send(mesh(), { host })).toMatchObject({ status: 200 })
  })
}
