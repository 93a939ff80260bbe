import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Json, type JsonObject, listAt, textAt } from '../../../sandbox/objects/json.ts'
import { type HostCounters, proxyCounters } from '../../../src/evidence/proxies/host-counters.ts'
import { counts } from '../../sandbox/talk.ts'
import { type Mesh, rule, write } from '../gateway/mesh.ts'
import { get, serveRules, to } from '../http/mesh.ts'
import type { Version } from '../subject.ts'
import { got, LIMIT } from './dump.ts'

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices'

function echo(version: Version): string {
  return `outbound|9000|${version}|tcp-echo.demo.svc.cluster.local`
}

function web(version: Version, port = 80): string {
  return `outbound|${port}|${version}|web.demo.svc.cluster.local`
}

/** The sum of the counters of a cluster's hosts, over all proxies. */
async function sums({ proxies }: Mesh, cluster: string): Promise<HostCounters> {
  const found = await Promise.all(
    proxies.map(async (proxy) => {
      const filter = encodeURIComponent(cluster.replaceAll(/[.|]/g, '\\$&'))
      const all = proxyCounters(await got(proxy, `/clusters?format=json&filter=${filter}`))
      return [...(all.get(cluster)?.values() ?? [])]
    }),
  )
  const sum = (name: keyof HostCounters) => found.flat().reduce((all, one) => all + one[name], 0)
  return {
    connections: sum('connections'),
    connectFailures: sum('connectFailures'),
    requests: sum('requests'),
    requestSuccesses: sum('requestSuccesses'),
    requestErrors: sum('requestErrors'),
    requestTimeouts: sum('requestTimeouts'),
    openConnections: sum('openConnections'),
    openRequests: sum('openRequests'),
  }
}

export function testCounters(mesh: () => Mesh): void {
  const echoSplit = async (weights: Readonly<Record<string, number>>) => {
    await write(mesh(), rule(weights, { port: 31400 }))
    await mesh().serves(Object.fromEntries(Object.entries(weights).filter(([, one]) => one > 0)))
  }
  /** What a cluster's counters have more after this. */
  const counted = async (cluster: string, act: () => Promise<unknown>) => {
    const before = await sums(mesh(), cluster)
    await act()
    const after = await sums(mesh(), cluster)
    return (name: keyof HostCounters) => after[name] - before[name]
  }

  describe('counters of a tcp rule', () => {
    test('are the connections of each destination, exactly', async () => {
      await echoSplit({ v1: 80, v2: 20 })
      let said: Record<string, number> = {}
      const before = await Promise.all([sums(mesh(), echo('v1')), sums(mesh(), echo('v2'))])
      said = await counts(mesh().gateway, 300)
      const after = await Promise.all([sums(mesh(), echo('v1')), sums(mesh(), echo('v2'))])
      const made = after.map((one, index) => one.connections - (before[index]?.connections ?? 0))
      expect(made).toEqual([said.one, said.two])
    })

    test('say how many connections are open', async () => {
      await echoSplit({ v1: 0, v2: 100 })
      const open = async () => (await sums(mesh(), echo('v2'))).openConnections
      await expect.poll(open, LIMIT).toBe(0)
      const socket = connect(mesh().gateway)
      onTestFinished(() => void socket.destroy())
      socket.write('hello\n')
      await expect.poll(open, LIMIT).toBe(1)
      socket.destroy()
      await expect.poll(open, LIMIT).toBe(0)
    })

    test('count a connection that cannot be established as a failure of its host', async () => {
      await echoSplit({ v1: 0, v2: 100 })
      onTestFinished(await mesh().kill('v2'))
      const more = await counted(echo('v2'), () => counts(mesh().gateway, 10))
      expect(more('connectFailures')).toBe(more('connections'))
      // Envoy may end several connections that wait for the host with one failed attempt.
      expect(more('connections')).toBeGreaterThan(0)
      expect(more('connections')).toBeLessThanOrEqual(10)
    })
  })

  describe('counters of an http rule', () => {
    const ask = async (requests: number) => {
      for (let asked = 0; asked < requests; asked += 1) await get(mesh(), '/')
    }
    const noRetries: JsonObject = { retries: { attempts: 0 } }

    test('are the requests of each destination', async () => {
      await serveRules(mesh(), { route: [to('v1', { weight: 0 }), to('v2', { weight: 100 })] })
      const more = await counted(web('v2'), () => ask(20))
      expect([more('requests'), more('requestErrors')]).toEqual([20, 0])
    })

    test('count errors of a version', async () => {
      await serveRules(mesh(), { route: [to('v2')], ...noRetries })
      onTestFinished(await mesh().web.faulty('v2', { kind: 'status', status: 500 }, { every: 2 }))
      const more = await counted(web('v2'), () => ask(20))
      expect([more('requests'), more('requestErrors')]).toEqual([20, 10])
    })

    test('count each try of a request that is sent again', async () => {
      await serveRules(mesh(), {
        route: [to('v2')],
        retries: { attempts: 2, retryOn: '5xx' },
      })
      onTestFinished(await mesh().web.faulty('v2', { kind: 'status', status: 500 }, { every: 2 }))
      const more = await counted(web('v2'), () => ask(10))
      expect(more('requests')).toBeGreaterThan(10)
    })

    test('count requests that take too long as errors too', async () => {
      await serveRules(mesh(), { route: [to('v2')], timeout: '0.05s', ...noRetries })
      onTestFinished(await mesh().web.faulty('v2', { kind: 'slow', delayMs: 2000 }))
      const more = await counted(web('v2'), () => ask(3))
      expect([more('requestTimeouts'), more('requestErrors')]).toEqual([3, 3])
    })
  })

  test('a host that left and came back begins at 0', async () => {
    await echoSplit({ v1: 0, v2: 100 })
    await counts(mesh().gateway, 5)
    const connections = async () => (await sums(mesh(), echo('v2'))).connections
    expect(await connections()).toBeGreaterThan(4)
    const hostsOf = async () => {
      const [proxy] = mesh().proxies
      if (proxy === undefined) return []
      return [
        ...(proxyCounters(await got(proxy, '/clusters?format=json'))
          .get(echo('v2'))
          ?.keys() ?? []),
      ]
    }
    const comeBack = await endpointLeaves(mesh(), 'tcp-echo-v2-0')
    onTestFinished(comeBack)
    await expect.poll(hostsOf, LIMIT).toEqual([])
    await comeBack()
    await expect.poll(async () => (await hostsOf()).length, LIMIT).toBe(1)
    expect(await connections()).toBe(0)
  })

  test('a filter that finds nothing has no clusters', async () => {
    const [proxy] = mesh().proxies
    if (proxy === undefined) return
    expect(
      proxyCounters(await got(proxy, '/clusters?format=json&filter=no-such-cluster')).size,
    ).toBe(0)
  })
}

/** Removes an endpoint of the tutorial's Service. The result brings it back, if it is away. */
async function endpointLeaves({ admin }: Mesh, pod: string): Promise<() => Promise<void>> {
  const { body } = await admin.call('GET', SLICES)
  const isOf = (one: Json) => textAt(one, 'targetRef', 'name') === pod
  const changed = listAt(body, 'items').flatMap((slice) => {
    const all = listAt(slice, 'endpoints')
    const path = `${SLICES}/${textAt(slice, 'metadata', 'name')}`
    return all.some(isOf) ? [{ path, all, others: all.filter((one) => !isOf(one)) }] : []
  })
  const set = async (path: string, endpoints: Json[]) => {
    const type = 'application/merge-patch+json'
    const { status, text } = await admin.call('PATCH', path, { body: { endpoints }, type })
    expect(status, text).toBe(200)
  }
  for (const { path, others } of changed) await set(path, others)
  return async () => {
    for (const { path, all } of changed) await set(path, all)
  }
}
