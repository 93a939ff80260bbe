import { describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { echoedIn, openHttp } from '../../sandbox/talk-http.ts'
import { hitsWithin } from '../binomial.ts'
import { type Mesh, writeSpec } from '../gateway/mesh.ts'
import { eventually, HOST, leads, placeOf, serveRules, to, WEB_ROUTE } from './mesh.ts'

const REQUESTS = 150
/** A test of a fair gateway fails once in a million. */
const SURPRISE = 1e-6

function split(weights: Readonly<Record<string, number | undefined>>): JsonObject {
  return {
    route: Object.entries(weights).map(([subset, weight]) =>
      to(subset, weight === undefined ? {} : { weight }),
    ),
  }
}

export function testHttpWeights(mesh: () => Mesh): void {
  /** The versions that answer this many requests on one connection. */
  const versions = async (requests: number, version: '1.1' | '2' = '1.1') => {
    const connection = openHttp({ ...placeOf(mesh()), version }, HOST)
    const found: string[] = []
    for (let asked = 0; asked < requests; asked += 1)
      found.push(echoedIn((await connection.ask({ host: HOST })).body).version)
    connection.close()
    return found
  }

  describe('weights of an http rule', () => {
    test.each(['1.1', '2'] as const)(
      'choose a version for each request, also on one connection in HTTP/%s',
      async (version) => {
        await serveRules(mesh(), split({ v1: 80, v2: 20 }))
        const found = await versions(REQUESTS, version)
        const hits = found.filter((one) => one === 'v2').length
        const { least, most } = hitsWithin(REQUESTS, 0.2, SURPRISE)
        expect(hits).toBeGreaterThanOrEqual(least)
        expect(hits).toBeLessThanOrEqual(most)
        expect(new Set(found)).toEqual(new Set(['v1', 'v2']))
      },
    )

    test.each<[string, Readonly<Record<string, number | undefined>>]>([
      ['a single destination without a weight has all', { v2: undefined }],
      ['a single destination has all, though its weight is 0', { v2: 0 }],
      ['a weight that is missing among several is 0', { v1: undefined, v2: 5 }],
      ['a weight of 0 is nothing', { v1: 0, v2: 100 }],
    ])('%s', async (_, weights) => {
      await serveRules(mesh(), split(weights))
      expect(new Set(await versions(20))).toEqual(new Set(['v2']))
    })
  })

  test('a change of an http rule takes effect on an open connection, which stays open', async () => {
    await serveRules(mesh(), leads('v1'))
    const connection = openHttp(placeOf(mesh()), HOST)
    onTestFinished(connection.close)
    const asked = async () => echoedIn((await connection.ask({ host: HOST })).body).version
    expect(await asked()).toBe('v1')
    await writeSpec(mesh(), WEB_ROUTE, { http: [leads('v2')] })
    await eventually(async () => (await asked()) === 'v2')
  })
}
