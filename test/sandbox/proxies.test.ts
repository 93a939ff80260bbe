import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { counts, openConnection } from '../../kit/sandbox/talk.ts'
import { askHttp } from '../../kit/sandbox/talk-http.ts'
import { delayed, respond } from '../../sandbox/faults/api-acts.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startDrawCount } from '../../src/evidence/proxies/draw-count.ts'
import { proxyAdmin } from '../../src/evidence/proxies/open-proxy-admin.ts'
import { NEVER, sandboxWith, userWith } from '../kube/support/cluster.ts'
import {
  askThrough,
  connectionsOf,
  FIRST,
  heldBy,
  read,
  SECOND,
  tunnelTo,
} from './support/proxies.ts'
import { writeRoute } from './support/sandbox.ts'

const CLUSTERS = '/clusters?format=json'
const HALF = { v1: 50, v2: 50 }

function proxied(options: SandboxOptions = {}): Promise<Sandbox> {
  return sandboxWith({ proxies: true, weights: { v1: 80, v2: 20 }, ...options })
}

async function tunnelled(options: SandboxOptions = {}) {
  const sandbox = await proxied(options)
  return { sandbox, tunnel: await tunnelTo(sandbox, FIRST) }
}

describe('the Pods of the gateway', () => {
  test('are as many as its replicas, and each says what it holds', async () => {
    const sandbox = await proxied({ replicas: 2 })
    expect(sandbox.pods.names()).toEqual([FIRST, SECOND])
    for (const pod of [FIRST, SECOND])
      expect(await heldBy(await tunnelTo(sandbox, pod))).toMatchObject({ shares: [0.8, 0.2] })
    const pods = sandbox.objects.list({ group: '', resource: 'pods', namespace: 'istio-system' })
    expect(new Set(pods.map(({ metadata }) => metadata.uid)).size).toBe(2)
  })

  test('follow a change one by one if one of them is behind', async () => {
    const sandbox = await proxied({ replicas: 2 })
    const fault = await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
    const [first, second] = [await tunnelTo(sandbox, FIRST), await tunnelTo(sandbox, SECOND)]
    writeRoute(sandbox, HALF)
    await sandbox.applied()
    expect(await heldBy(first)).toMatchObject({ shares: [0.5, 0.5] })
    expect(await heldBy(second)).toMatchObject({ shares: [0.8, 0.2] })
    await fault.clear()
    expect(await heldBy(second)).toMatchObject({ shares: [0.5, 0.5] })
  })

  test('reject a change and say why, until it is accepted', async () => {
    const sandbox = await proxied({ replicas: 2 })
    const fault = await sandbox.faults.gateway({ kind: 'rejects', replica: 1 })
    writeRoute(sandbox, HALF)
    await sandbox.applied()
    const second = await tunnelTo(sandbox, SECOND)
    const listeners = () => read(second, '/config_dump?resource=dynamic_listeners')
    const rejected = { error_state: { details: expect.stringContaining('Address already in use') } }
    expect(await heldBy(second)).toMatchObject({ shares: [0.8, 0.2] })
    expect(await heldBy(await tunnelTo(sandbox, FIRST))).toMatchObject({ shares: [0.5, 0.5] })
    expect(await listeners()).toMatchObject({ configs: [rejected] })
    await fault.clear()
    expect(await listeners()).not.toMatchObject({ configs: [rejected] })
    expect(await heldBy(second)).toMatchObject({ shares: [0.5, 0.5] })
  })

  test('have the current weights when they are added, and take part', async () => {
    const sandbox = await proxied()
    const added = await sandbox.pods.add()
    const tunnel = await tunnelTo(sandbox, added)
    expect(await heldBy(tunnel)).toMatchObject({ shares: [0.8, 0.2] })
    await counts(sandbox.gateway, 64)
    const [one = 0, two = 0] = await connectionsOf(tunnel)
    const before = await connectionsOf(await tunnelTo(sandbox, FIRST))
    expect(one + two).toBeGreaterThan(0)
    expect(one + two + (before[0] ?? 0) + (before[1] ?? 0)).toBe(64)
  })

  test('keep their connections while they end, and get no new ones', async () => {
    const sandbox = await proxied({ replicas: 2 })
    const tunnel = await tunnelTo(sandbox, SECOND)
    const connection = tunnel.connect(31400)
    connection.write('hello\n')
    await once(connection, 'data')
    sandbox.pods.end(SECOND)
    await counts(sandbox.gateway, 32)
    const [one = 0, two = 0] = await connectionsOf(tunnel)
    expect(one + two).toBe(1)
    connection.write('again\n')
    expect(String((await once(connection, 'data'))[0])).toMatch(/again/)
    connection.destroy()
    const pod = { group: '', resource: 'pods', namespace: 'istio-system', name: SECOND }
    expect(sandbox.objects.get(pod)?.metadata.deletionTimestamp).toMatch(/Z$/)
  })

  test('take their connections and the tunnels into them with them', async () => {
    const sandbox = await proxied({ replicas: 2 })
    const tunnel = await tunnelTo(sandbox, SECOND)
    const connection = tunnel.connect(31400)
    connection.write('hello\n')
    await once(connection, 'data')
    const failed = once(connection, 'error')
    await sandbox.pods.remove(SECOND)
    await failed
    expect(tunnel.broken()).toBe('the API server closed the port-forward')
    expect(sandbox.pods.names()).toEqual([FIRST])
    await expect(tunnelTo(sandbox, SECOND)).rejects.toThrow('not found')
    expect(Object.values(await counts(sandbox.gateway, 8)).reduce((a, b) => a + b)).toBe(8)
  })

  test('begin to count again after a restart, with the weights that the object has', async () => {
    const { sandbox, tunnel } = await tunnelled({ weights: { v1: 0, v2: 100 } })
    const connection = await openConnection(sandbox.gateway)
    await connection.say('hello\n')
    expect(await connectionsOf(tunnel)).toEqual([0, 1])
    await sandbox.pods.restart(FIRST)
    await connection.closed
    expect(await connectionsOf(tunnel)).toEqual([0, 0])
    expect(await heldBy(tunnel)).toMatchObject({ shares: [0, 1] })
  })
})

test('a destination that is not ready keeps what was counted for it', async () => {
  const { sandbox, tunnel } = await tunnelled({ weights: { v1: 0, v2: 100 } })
  await counts(sandbox.gateway, 3)
  await using fault = await sandbox.faults.destination('v2', { kind: 'not-ready' })
  await sandbox.applied()
  expect(await connectionsOf(tunnel)).toEqual([0, 3])
  await fault.clear()
  await sandbox.applied()
  expect(await connectionsOf(tunnel)).toEqual([0, 3])
})

describe('a port-forward', () => {
  test('enters the Pod that it names, whose proxy counts the connection', async () => {
    const sandbox = await proxied({ replicas: 2, weights: { v1: 0, v2: 100 } })
    const [first, second] = [await tunnelTo(sandbox, FIRST), await tunnelTo(sandbox, SECOND)]
    expect(await askThrough(second)).toBe('two hello\n')
    expect(await connectionsOf(first)).toEqual([0, 0])
    expect(await connectionsOf(second)).toEqual([0, 1])
  })

  test('to the admin port is refused without the option', async () => {
    const sandbox = await sandboxWith()
    await expect(read(await tunnelTo(sandbox, FIRST), CLUSTERS)).rejects.toThrow(
      'refused the connection',
    )
  })

  test('breaks when a test breaks the tunnels, and others can be opened', async () => {
    const { sandbox, tunnel } = await tunnelled()
    const connection = tunnel.connect(31400)
    const failed = once(connection, 'error')
    expect(sandbox.tunnels.open()).toBe(1)
    sandbox.tunnels.break()
    await failed
    await expect.poll(() => sandbox.tunnels.open()).toBe(0)
    expect(await askThrough(await tunnelTo(sandbox, FIRST))).toMatch(/hello/)
  })

  test('is refused by a fault of the API server, and late by another', async () => {
    const sandbox = await proxied()
    const match = { path: /\/portforward$/ }
    const fault = await sandbox.faults.api({ match, act: respond(503) })
    await expect(tunnelTo(sandbox, FIRST)).rejects.toThrow()
    await fault.clear()
    await sandbox.faults.api({ match, act: delayed(20) })
    expect(await askThrough(await tunnelTo(sandbox, FIRST))).toMatch(/hello/)
  })

  test('needs the right to pods/portforward, which no right to Pods replaces', async () => {
    const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'create'] }
    const sandbox = await proxied({ tokens: { token: userWith(rule) } })
    await expect(tunnelTo(sandbox, FIRST)).rejects.toMatchObject({ status: 403 })
  })
})

describe('an admin endpoint', () => {
  test('answers late, too much, nothing, or with an error, in the Pod that a fault names', async () => {
    const sandbox = await proxied({ replicas: 2 })
    const [first, second] = [await tunnelTo(sandbox, FIRST), await tunnelTo(sandbox, SECOND)]
    const { admin } = sandbox.faults
    const short = { ms: 50, bytes: 100_000 }
    const late = await admin({ kind: 'slow', ms: 60_000, pod: SECOND })
    await expect(read(second, CLUSTERS, short)).rejects.toThrow('no answer within 50 ms')
    await read(first, CLUSTERS)
    await late.clear()
    const silent = await admin({ kind: 'hangs' })
    await expect(read(first, CLUSTERS, short)).rejects.toThrow('no answer within 50 ms')
    await silent.clear()
    const huge = await admin({ kind: 'huge', bytes: 200_000 })
    await expect(read(first, CLUSTERS, { ms: 5000, bytes: 100_000 })).rejects.toThrow('more than')
    await huge.clear()
    await admin({ kind: 'answers', status: 403, body: 'forbidden' })
    await expect(read(first, CLUSTERS)).rejects.toThrow('answered 403')
  })
})

describe('statistics of clusters', () => {
  const V2 = 'outbound|80|v2|web.demo.svc.cluster.local'
  const asked = async (proxies: SandboxOptions['proxies']) => {
    const sandbox = await sandboxWith({ proxies: proxies ?? false, web: { http: { v2: 100 } } })
    const name = { group: 'networking.istio.io', resource: 'virtualservices', namespace: 'demo' }
    const retries = { attempts: 2, retryOn: '5xx' }
    const route = [{ destination: { host: 'web', port: { number: 80 }, subset: 'v2' } }]
    sandbox.objects.patch({ ...name, name: 'web' }, { spec: { http: [{ route, retries }] } })
    await sandbox.applied()
    await sandbox.faults.destination('v2', { kind: 'status', status: 500 }, { every: 2 })
    const at = { host: sandbox.web.host, port: sandbox.web.http }
    for (let sent = 0; sent < 6; sent += 1) await askHttp(at, { host: 'web.example.com' })
    const admin = proxyAdmin(await tunnelTo(sandbox, FIRST))
    const counted = (await admin.counters(NEVER)).get(V2)?.values().next().value
    const drawn = startDrawCount('requests', false).observe(await admin.statistics(NEVER))
    return { draws: drawn.get(V2)?.draws, requests: counted?.requests }
  }

  test('tell tries of retries from draws, where a proxy includes them', async () => {
    const { draws, requests } = await asked('statistics')
    expect(draws).toBe(6)
    expect(requests).toBeGreaterThan(6)
  })

  test('are left out otherwise, as Istio leaves them out', async () => {
    expect((await asked(true)).draws).toBeUndefined()
  })
})
