import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../sandbox/objects/json.ts'
import { ask, counts } from '../../sandbox/talk.ts'
import { askHttp } from '../../sandbox/talk-http.ts'
import { hitsWithin } from '../binomial.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { eventually } from '../http/mesh.ts'
import { becomesOlder, lend, newHost, parent, to } from './mesh.ts'

const CONNECTIONS = 200
const SURPRISE = 1e-6

export function testNetwork(mesh: () => Mesh): void {
  const echo = (version: string, more: JsonObject = {}): JsonObject => ({
    name: `tcp-echo-${version}`,
    port: 9000,
    ...more,
  })
  const lendGateway = (port: number, protocol: 'TCP' | 'TLS') =>
    lend(
      mesh(),
      'Gateway',
      {
        gatewayClassName: 'istio',
        addresses: [
          { type: 'Hostname', value: 'istio-ingressgateway.istio-system.svc.cluster.local' },
        ],
        listeners: [
          {
            name: 'only',
            port,
            protocol,
            ...(protocol === 'TLS' ? { tls: { mode: 'Passthrough' } } : {}),
            allowedRoutes: { namespaces: { from: 'All' } },
          },
        ],
      },
      'istio-system',
    )
  const parentOf = ({ name }: { name: string }) => [{ name, namespace: 'istio-system' }]
  const at = (port: number) => ({ host: mesh().gateway.host, port })
  const begins = (port: number, text: string) =>
    eventually(async () => (await ask(at(port))).text.startsWith(text))

  describe('a TCPRoute', () => {
    const lendTcp = async (backendRefs: readonly JsonObject[], port = mesh().listeners.spare) => {
      const gateway = await lendGateway(port, 'TCP')
      return lend(mesh(), 'TCPRoute', {
        parentRefs: parentOf(gateway),
        rules: [{ backendRefs: [...backendRefs] }],
      })
    }

    test('splits connections by the weights of its backends', async () => {
      await lendTcp([echo('v1', { weight: 3 }), echo('v2')])
      const { spare } = mesh().listeners
      await eventually(async () => (await ask(at(spare))).text !== '')
      const { one = 0, two = 0 } = await counts(at(spare), CONNECTIONS)
      expect(one + two).toBe(CONNECTIONS)
      const { least, most } = hitsWithin(CONNECTIONS, 0.25, SURPRISE)
      expect(two).toBeGreaterThanOrEqual(least)
      expect(two).toBeLessThanOrEqual(most)
    })

    test('ends the connections of an invalid backend without a reply', async () => {
      await lendTcp([echo('v1'), { name: 'missing', port: 9000 }])
      const { spare } = mesh().listeners
      // The previous test had this port.
      await eventually(async () => {
        const { one = 0, '': none = 0 } = await counts(at(spare), 40)
        return one + none === 40 && one > 0
      }, 1)
      const { one = 0, '': none = 0 } = await counts(at(spare), CONNECTIONS)
      expect(one + none).toBe(CONNECTIONS)
      const { least, most } = hitsWithin(CONNECTIONS, 0.5, SURPRISE)
      expect(none).toBeGreaterThanOrEqual(least)
      expect(none).toBeLessThanOrEqual(most)
    })

    test('ends all connections without a reply if no backend has a weight', async () => {
      await lendTcp([echo('v1', { weight: 0 })])
      const { spare } = mesh().listeners
      await eventually(async () => {
        const { text, ended } = await ask(at(spare))
        return text === '' && ended !== 'ECONNREFUSED'
      }, 40)
    })

    test('has the connections of a listener alone if it is the oldest one', async () => {
      const { another, third } = mesh().listeners
      const [gateway, beside] = [await lendGateway(another, 'TCP'), await lendGateway(third, 'TCP')]
      const route = (version: string, parents: readonly JsonObject[]) =>
        lend(mesh(), 'TCPRoute', {
          parentRefs: [...parents],
          rules: [{ backendRefs: [echo(version)] }],
        })
      const { path } = await route('v2', parentOf(gateway))
      await begins(another, 'two')
      await becomesOlder(mesh(), path)
      await route('v1', [...parentOf(gateway), ...parentOf(beside)])
      // What the younger one has alone shows that it was taken in.
      await begins(third, 'one')
      await begins(another, 'two')
    })
  })

  describe('a TLSRoute', () => {
    /** The version that answers in TLS for a server name; undefined: none. */
    const passed = async (port: number, serverName: string) => {
      const { web } = mesh()
      const tls = { authority: web.authority, serverName }
      const reply = await askHttp({ ...at(port), tls }, { host: serverName }).catch(() => undefined)
      return reply && web.versionOf(reply.body)
    }

    test('leads TLS connections by their server name, and ends others', async () => {
      const { fourth } = mesh().listeners
      const gateway = await lendGateway(fourth, 'TLS')
      const [host, other] = [newHost(), newHost()]
      const route = (hostname: string, version: string) =>
        lend(mesh(), 'TLSRoute', {
          parentRefs: parentOf(gateway),
          hostnames: [hostname],
          rules: [{ backendRefs: [to(version, {}, 443)] }],
        })
      await route(host, 'v1')
      await route(other, 'v2')
      await eventually(async () => (await passed(fourth, host)) === 'v1')
      await eventually(async () => (await passed(fourth, other)) === 'v2')
      expect(await passed(fourth, 'none.example.com')).toBeUndefined()
    })

    test('splits connections by the weights of its backends', async () => {
      const { tls } = mesh().listeners
      const host = newHost()
      await lend(mesh(), 'TLSRoute', {
        parentRefs: [parent('tls')],
        hostnames: [host],
        rules: [{ backendRefs: [to('v1', { weight: 3 }, 443), to('v2', {}, 443)] }],
      })
      await eventually(async () => (await passed(tls, host)) !== undefined)
      const found = await Promise.all(Array.from({ length: 100 }, () => passed(tls, host)))
      const { least, most } = hitsWithin(100, 0.25, SURPRISE)
      const two = found.filter((version) => version === 'v2').length
      expect(found).not.toContain(undefined)
      expect(two).toBeGreaterThanOrEqual(least)
      expect(two).toBeLessThanOrEqual(most)
    })
  })
}
