import { Agent, get } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
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
      const requests = 500
      const { least, most } = hitsWithin(requests, v2 / (v1 + v2), SURPRISE)
      const found = await countV2(ask, requests)
      expect(found).toBeGreaterThanOrEqual(least)
      expect(found).toBeLessThanOrEqual(most)
    })

    test('split the requests of one connection too', async () => {
      const ask = await withRules(mesh(), [{ route: weighted(50, 50) }])
      const { headers } = await replyWith(ask, 200)
      expect(headers['x-chosen']).toMatch(/^v[12]$/)
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      onTestFinished(() => agent.destroy())
      const ports = new Set<number | undefined>()
      const chosen = new Set<unknown>()
      const { host = '' } = await hostOf(ask)
      for (let asked = 0; asked < 40; asked += 1)
        await new Promise<void>((resolve, reject) => {
          const options = { host: mesh().gateway.host, port: mesh().web.http, agent }
          get({ ...options, headers: { host } }, (reply) => {
            ports.add(reply.socket.localPort)
            chosen.add(reply.headers['x-chosen'])
            reply.resume().on('end', resolve)
          }).on('error', reject)
        })
      expect(ports.size).toBe(1)
      expect(chosen).toEqual(new Set(['v1', 'v2']))
    })
  })

  /** The host to which a function sends, as the application was asked for it. */
  async function hostOf(ask: (sent?: Sent) => Promise<Reply>): Promise<{ host?: string }> {
    const { body } = await ask()
    const [, host] = /"host": ?"([^"]+)"/.exec(body) ?? []
    return host === undefined ? {} : { host }
  }

  describe('of two rules', () => {
    test.each<[string, object, Sent, string]>([
      ['the first one that fits is taken', { uri: { prefix: '/a' } }, { path: '/ab' }, 'v1'],
      ['the second one is taken where the first does not fit', { uri: { prefix: '/a' } }, {}, 'v2'],
      ['an exact path fits with any query', { uri: { exact: '/a' } }, { path: '/a?b=c' }, 'v1'],
      [
        'a regular expression has to fit the whole path',
        { uri: { regex: '/a[0-9]' } },
        { path: '/a1/b' },
        'v2',
      ],
      [
        'a regular expression does not see the query',
        { uri: { regex: '/a' } },
        { path: '/a?b' },
        'v1',
      ],
      [
        'a path fits in any case where that is ignored',
        { uri: { exact: '/aB' }, ignoreUriCase: true },
        { path: '/Ab' },
        'v1',
      ],
      [
        'a header fits exactly',
        { headers: { 'x-a': { exact: 'b' } } },
        { headers: { 'x-a': 'b' } },
        'v1',
      ],
      [
        'an empty match of a header means that it is there',
        { headers: { 'x-a': {} } },
        { headers: { 'x-a': 'b' } },
        'v1',
      ],
      ['a header that is missing does not fit', { headers: { 'x-a': {} } }, {}, 'v2'],
      [
        'a header that must be missing does not fit where it is there',
        { withoutHeaders: { 'x-a': {} } },
        { headers: { 'x-a': 'b' } },
        'v2',
      ],
      ['a query parameter fits', { queryParams: { a: { exact: 'b' } } }, { path: '/?a=b' }, 'v1'],
      ['a method fits', { method: { exact: 'POST' } }, { method: 'POST' }, 'v1'],
      ['a method does not fit another', { method: { exact: 'POST' } }, {}, 'v2'],
      ['a scheme fits', { scheme: { exact: 'http' } }, {}, 'v1'],
      ['a scheme does not fit another', { scheme: { exact: 'https' } }, {}, 'v2'],
      ['a port of the gateway fits', { port: 8080 }, {}, 'v1'],
      ['another port does not', { port: 8443 }, {}, 'v2'],
      ['a gateway fits', { gateways: ['web-gateway'] }, {}, 'v1'],
      ['another gateway does not', { gateways: ['mesh'] }, {}, 'v2'],
    ])('%s', async (_, match, sent, version) => {
      const ask = await withRules(mesh(), [
        { match: [JSON.parse(JSON.stringify(match))], route: [to('v1')] },
        { route: [to('v2')] },
      ])
      const { body } = await replyWith(ask, 200, sent)
      expect(mesh().web.versionOf(body)).toBe(version)
    })
  })

  test('the host of a request may have a port, and capital letters', async () => {
    for (const host of ['web.example.com:80', 'WEB.example.com'])
      expect(await send(mesh(), { host })).toMatchObject({ status: 200 })
  })
}
