import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { named, replyWith, to, withRules } from './mesh.ts'

/** Facts about a header that a rule sets for a destination. */
export function testStamps(mesh: () => Mesh): void {
  const response = (changes: JsonObject): JsonObject => ({ headers: { response: changes } })

  describe('a header that is set for a destination', () => {
    const one = [to('v1', named('destination'))]
    const two = [
      to('v1', { weight: 100, ...named('destination') }),
      to('v2', { weight: 0, ...named('other') }),
    ]
    const set = response({ set: { 'x-chosen': 'rule' } })
    const remove = response({ remove: ['x-chosen'] })

    test.each<[string, JsonObject, JsonObject[], string | undefined]>([
      ['is what the rule sets, where one of several destinations sets it too', set, two, 'rule'],
      ['is missing where the rule removes it from several destinations', remove, two, undefined],
      ['is what the only destination sets, although the rule sets it too', set, one, 'destination'],
      [
        'is what the only destination sets, although the rule removes it',
        remove,
        one,
        'destination',
      ],
    ])('%s', async (_, ofRule, route, chosen) => {
      const ask = await withRules(mesh(), [{ route, ...ofRule }])
      const { headers } = await replyWith(ask, 200)
      expect(headers['x-chosen']).toBe(chosen)
    })

    test('replaces one of the application', async () => {
      const changed = response({ set: { 'content-type': 'a/b' } })
      const ask = await withRules(mesh(), [{ route: [to('v1', changed)] }])
      expect((await replyWith(ask, 200)).headers['content-type']).toBe('a/b')
    })

    test('has one value on a reply of the gateway too, although that one makes changes twice', async () => {
      const ask = await withRules(mesh(), [{ route: [to('v9', named('once'))] }])
      const { headers } = await replyWith(ask, 503)
      expect(headers['x-chosen']).toBe('once')
    })

    test('stays with its destination where weights are 0 and 100', async () => {
      const route = [
        to('v1', { weight: 0, ...named('a') }),
        to('v2', { weight: 100, ...named('b') }),
      ]
      const ask = await withRules(mesh(), [{ route }])
      for (let asked = 0; asked < 20; asked += 1)
        expect((await replyWith(ask, 200)).headers['x-chosen']).toBe('b')
    })

    test('is on the reply of the only destination', async () => {
      const ask = await withRules(mesh(), [{ route: [to('v2', named('only'))] }])
      expect((await replyWith(ask, 200)).headers['x-chosen']).toBe('only')
    })
  })
}
