import { describe, expect, test } from 'vitest'
import { type Json, listAt } from '../../../sandbox/objects/json.ts'
import { COLLECTION, GROUP, newName } from '../api/objects.ts'
import { lendSpec, type Mesh, rule, write } from '../gateway/mesh.ts'
import { lendGateway, lendObject, PASSES, server, sparePort } from '../http/mesh.ts'
import { everyProxy, listenerAt, splitsOf } from './dump.ts'

const V1 = 'outbound|9000|v1|tcp-echo.demo.svc.cluster.local'
const V2 = 'outbound|9000|v2|tcp-echo.demo.svc.cluster.local'

export function testDumpedListeners(mesh: () => Mesh): void {
  /** The clusters of a port in each proxy. */
  const splits = async (port: number, wanted: Readonly<Record<string, number>>) =>
    everyProxy(mesh(), async (proxy) => {
      const found = (await splitsOf(proxy)).filter(({ ports }) => ports.includes(port))
      expect(found.map(({ clusters }) => byName(clusters))).toEqual([wanted])
    })
  const filterOf = (listener: Json) => {
    const [chain] = listAt(listener, 'active_state', 'listener', 'filter_chains')
    return listAt(chain, 'filters')[0]
  }

  describe('the dump of a tcp rule', () => {
    test.each<[string, Record<string, number | undefined>, Record<string, number>]>([
      ['has the weights of its destinations', { v1: 80, v2: 20 }, { [V1]: 80, [V2]: 20 }],
      ['has weights of any sum as they are', { v1: 1, v2: 3 }, { [V1]: 1, [V2]: 3 }],
      ['leaves out a destination with a weight of 0', { v1: 0, v2: 100 }, { [V2]: 100 }],
      ['leaves out a destination without a weight', { v1: undefined, v2: 5 }, { [V2]: 5 }],
      ['names the only destination without a weight', { v2: undefined }, { [V2]: 1 }],
    ])('%s', async (_, weights, wanted) => {
      await write(mesh(), rule(weights, { port: 31400 }))
      await splits(mesh().gateway.port, wanted)
    })

    test('has a list of clusters even if only one of several destinations has a weight', async () => {
      await write(mesh(), rule({ v1: 100, v2: 0 }, { port: 31400 }))
      await everyProxy(mesh(), async (proxy) => {
        expect(filterOf(await listenerAt(proxy, mesh().gateway.port))).toMatchObject({
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: { weighted_clusters: { clusters: [{ name: V1, weight: 100 }] } },
        })
      })
    })

    test('has the hash of the address of the client that a DestinationRule demands', async () => {
      const path = `/apis/${GROUP}/v1/namespaces/demo/destinationrules/tcp-echo-destination`
      const loadBalancer = { consistentHash: { useSourceIp: true } }
      await lendSpec(mesh(), path, 'trafficPolicy', { loadBalancer })
      await write(mesh(), rule({ v1: 80, v2: 20 }, { port: 31400 }))
      await everyProxy(mesh(), async (proxy) => {
        expect(filterOf(await listenerAt(proxy, mesh().gateway.port))).toMatchObject({
          typed_config: { hash_policy: [{ source_ip: {} }] },
        })
      })
    })

    test('names the cluster of a single destination itself', async () => {
      await write(mesh(), rule({ v1: undefined }, { port: 31400 }))
      await everyProxy(mesh(), async (proxy) => {
        expect(filterOf(await listenerAt(proxy, mesh().gateway.port))).toMatchObject({
          typed_config: { cluster: V1 },
        })
      })
    })
  })

  test('the dump of a tls rule has the server names and the weights of each match', async () => {
    const port = sparePort()
    const hosts = ['one.example.com', 'two.example.com']
    const gateway = await lendGateway(mesh(), server(port, 'TLS', hosts, PASSES))
    const to = (subset: string, weight: number) => ({
      destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
      weight,
    })
    await lendObject(mesh(), 'VirtualService', {
      hosts,
      gateways: [gateway],
      tls: [
        { match: [{ port, sniHosts: ['one.example.com'] }], route: [to('v1', 90), to('v2', 10)] },
        { match: [{ port, sniHosts: ['two.example.com'] }], route: [to('v1', 0), to('v2', 100)] },
      ],
    })
    await everyProxy(mesh(), async (proxy) => {
      const found = (await splitsOf(proxy)).filter(({ ports }) => ports.includes(port))
      const sorted = found.toSorted((a, b) => (a.hosts.join() < b.hosts.join() ? -1 : 1))
      expect(
        sorted.map(({ hosts: names, match, clusters }) => [names, match, byName(clusters)]),
      ).toEqual([
        [['one.example.com'], { server_names: ['one.example.com'] }, { [V1]: 90, [V2]: 10 }],
        [['two.example.com'], { server_names: ['two.example.com'] }, { [V2]: 100 }],
      ])
    })
  })

  test('a port that has no rule has no listener in the dump', async () => {
    const port = sparePort()
    await lendGateway(mesh(), server(port, 'TCP', ['*']))
    await write(mesh(), rule({ v1: 55, v2: 45 }, { port: 31400 }))
    await mesh().serves({ v1: 55, v2: 45 })
    for (const proxy of mesh().proxies)
      await expect(listenerAt(proxy, port)).rejects.toThrow('no listener')
  })

  test('an object that no rule of the gateway needs changes no listener', async () => {
    const [proxy] = mesh().proxies
    if (proxy === undefined) return
    const before = await listenerAt(proxy, mesh().gateway.port)
    const name = newName()
    await mesh().admin.call('POST', COLLECTION, {
      body: {
        apiVersion: `${GROUP}/v1`,
        kind: 'VirtualService',
        metadata: { name, namespace: 'demo' },
        spec: { hosts: ['*'], gateways: ['missing'], tcp: [rule({ v1: 1, v2: 1 })] },
      },
    })
    await mesh().admin.call('DELETE', `${COLLECTION}/${name}`)
    expect(await listenerAt(proxy, mesh().gateway.port)).toEqual(before)
  })
}

function byName(clusters: readonly { name: string; weight: number }[]): Record<string, number> {
  return Object.fromEntries(clusters.map(({ name, weight }) => [name, weight]))
}
