import { describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { openHttp } from '../../sandbox/talk-http.ts'
import { patch } from '../api/objects.ts'
import { hitsWithin } from '../binomial.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { eventually } from '../http/mesh.ts'
import { ask, lend, lendHttp, newHost, parent, served, to } from './mesh.ts'

const REQUESTS = 200
/** A test of a fair gateway fails once in a million. */
const SURPRISE = 1e-6

export function testBackendWeights(mesh: () => Mesh): void {
  const many = async (host: string, requests: number) => {
    const found = await Promise.all(Array.from({ length: requests }, () => served(mesh(), host)))
    return (one: string | number) => found.filter((each) => each === one).length
  }
  const expectShare = (hits: number, share: number, requests = REQUESTS) => {
    const { least, most } = hitsWithin(requests, share, SURPRISE)
    expect(hits).toBeGreaterThanOrEqual(least)
    expect(hits).toBeLessThanOrEqual(most)
  }

  describe('the weights of backends', () => {
    test.each<[string, JsonObject, JsonObject, number]>([
      ['split the requests as proportions of any sum', { weight: 3 }, { weight: 1 }, 0.25],
      ['are 1 where they are missing', {}, {}, 0.5],
      ['are 1 where they are missing beside others', { weight: 4 }, {}, 0.2],
      ['may be as great as 1,000,000', { weight: 1_000_000 }, { weight: 1_000_000 }, 0.5],
    ])('%s', async (_, one, two, share) => {
      const host = newHost()
      await lendHttp(mesh(), host, [{ backendRefs: [to('v1', one), to('v2', two)] }])
      const count = await many(host, REQUESTS)
      expect(count('v1') + count('v2')).toBe(REQUESTS)
      expectShare(count('v2'), share)
    })

    test('of 0 are nothing, so that a single other backend has everything', async () => {
      const host = newHost()
      await lendHttp(mesh(), host, [
        { backendRefs: [to('v1', { weight: 0 }), to('v2', { weight: 3 })] },
      ])
      expect((await many(host, 20))('v2')).toBe(20)
    })

    test.each<[string, JsonObject[]]>([
      ['that are all 0', [to('v1', { weight: 0 }), to('v2', { weight: 0 })]],
      ['of which there is a single one, 0,', [to('v1', { weight: 0 })]],
      ['of which there is none', []],
    ])('%s lead to a 500 of the gateway', async (_, backendRefs) => {
      const host = newHost()
      await lendHttp(mesh(), host, [{ backendRefs }])
      const { status, headers } = await ask(mesh(), host)
      expect(status).toBe(500)
      expect(headers).not.toHaveProperty('x-envoy-upstream-service-time')
    })

    test.each<[string, JsonObject]>([
      ['of a missing Service', { name: 'missing', port: 80 }],
      ['of a missing port', { name: 'web-v2', port: 81 }],
      ['of another kind', { group: 'example.com', kind: 'Bucket', name: 'files' }],
      [
        'of another namespace that grants nothing',
        { name: 'istio-ingressgateway', namespace: 'istio-system', port: 80 },
      ],
    ])('%s lead to a 500 of the gateway for their share', async (_, backend) => {
      const host = newHost()
      const backendRefs = [to('v1', { weight: 50 }), { ...backend, weight: 50 }]
      await lendHttp(mesh(), host, [{ backendRefs }])
      const count = await many(host, REQUESTS)
      expect(count('v1') + count(500)).toBe(REQUESTS)
      expectShare(count(500), 0.5)
    })

    test('take effect on an open connection, which stays open', async () => {
      const host = newHost()
      const { path } = await lendHttp(mesh(), host, [{ backendRefs: [to('v1')] }])
      const { web, gateway, listeners, admin } = mesh()
      const connection = openHttp({ host: gateway.host, port: listeners.http }, host)
      onTestFinished(connection.close)
      const asked = async () => web.versionOf((await connection.ask({ host })).body)
      expect(await asked()).toBe('v1')
      const value = [to('v2')]
      await patch(admin, path, [{ op: 'replace', path: '/spec/rules/0/backendRefs', value }])
      await eventually(async () => (await asked()) === 'v2')
    })

    test('hold behind a listener for HTTPS', async () => {
      const host = newHost()
      await lend(mesh(), 'HTTPRoute', {
        parentRefs: [parent('https')],
        hostnames: [host],
        rules: [{ backendRefs: [to('v2')] }],
      })
      const { gateway, listeners, web } = mesh()
      const at = { host: gateway.host, port: listeners.https, tls: { authority: web.authority } }
      await eventually(async () => {
        const connection = openHttp(at, host)
        try {
          return web.versionOf((await connection.ask({ host })).body) === 'v2'
        } finally {
          connection.close()
        }
      })
    })
  })
}
