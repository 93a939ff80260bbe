import { describe, expect, test } from 'vitest'
import { counts } from '../../sandbox/talk.ts'
import { hitsWithin } from '../binomial.ts'
import { type Mesh, rule, write } from './mesh.ts'

/** How seldom a test that should pass may fail by chance. */
const SURPRISE = 1e-6

export function testWeights(mesh: () => Mesh): void {
  describe('weights', () => {
    test.each([
      ['80 to 20', { v1: 80, v2: 20 }, 1000, 0.2],
      ['1 to 3, a sum other than 100', { v1: 1, v2: 3 }, 500, 0.75],
      ['160 to 40, a sum above 100', { v1: 160, v2: 40 }, 500, 0.2],
    ])('split the connections: %s', async (_, weights, connections, share) => {
      await write(mesh(), rule(weights, { port: 31400 }))
      await mesh().serves(weights)
      const { one = 0, two = 0 } = await counts(mesh().gateway, connections)
      expect(one + two).toBe(connections)
      const { least, most } = hitsWithin(connections, share, SURPRISE)
      expect(two).toBeGreaterThanOrEqual(least)
      expect(two).toBeLessThanOrEqual(most)
    })

    test.each([
      ['a single destination without a weight has all', { v2: undefined }, { v2: 100 }],
      ['a single destination has all, though its weight is 0', { v2: 0 }, { v2: 100 }],
      ['a single destination has all, though its weight is 7', { v2: 7 }, { v2: 100 }],
      ['a weight that is missing among several is 0', { v1: undefined, v2: 5 }, { v2: 5 }],
      ['a weight of 0 is nothing', { v1: 0, v2: 100 }, { v2: 100 }],
    ])('%s', async (_, weights, served) => {
      await write(mesh(), rule(weights, { port: 31400 }))
      await mesh().serves(served)
      expect(await counts(mesh().gateway, 50)).toEqual({ two: 50 })
    })
  })
}
