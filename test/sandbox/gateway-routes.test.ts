import { describe, expect, test } from 'vitest'
import { ask, counts, openConnection, prefixes } from '../../kit/sandbox/talk.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { routeOf, sandboxWith, VIRTUAL_SERVICE, writeRoute } from './support/sandbox.ts'

const RULE = {
  group: 'networking.istio.io',
  resource: 'destinationrules',
  namespace: 'demo',
  name: 'tcp-echo-destination',
}
const GATEWAY = {
  group: 'networking.istio.io',
  resource: 'gateways',
  namespace: 'demo',
  name: 'tcp-echo-gateway',
}

describe('the application', () => {
  test('answers every line with its prefix, and keeps the connection open', async () => {
    const sandbox = await sandboxWith()
    const connection = await openConnection(sandbox.gateway)
    expect(await connection.say('a\n')).toBe('one a\n')
    expect(await connection.say('b\n')).toBe('one b\n')
    expect(sandbox.connections).toMatchObject({ accepted: 1, open: 1 })
    connection.socket.destroy()
  })

  test('answers what it received before a client closed its half', async () => {
    const sandbox = await sandboxWith()
    const { socket, closed } = await openConnection(sandbox.gateway)
    let replyCounts = ''
    socket.on('data', (text) => {
      replyCounts += text
    })
    socket.end('bye\n')
    await closed
    expect(replyCounts).toBe('one bye\n')
  })

  test('never answers input without a line feed', async () => {
    const sandbox = await sandboxWith()
    const { socket, closed } = await openConnection(sandbox.gateway)
    let replyCounts = ''
    socket.on('data', (text) => {
      replyCounts += text
    })
    socket.end('bye')
    await closed
    expect(replyCounts).toBe('')
  })

  test('can have other versions and replies', async () => {
    const sandbox = await sandboxWith({
      subsets: { blue: 'azure', green: 'jade' },
      weights: { blue: 0, green: 1 },
    })
    expect((await ask(sandbox.gateway)).text).toBe('jade hello\n')
  })
})

describe('weights', () => {
  test('of a single destination are ignored', async () => {
    const sandbox = await sandboxWith({ weights: { v2: 0 }, istiodValidates: false })
    expect(await prefixes(sandbox.gateway, 5)).toEqual(Array(5).fill('two'))
  })

  test('split the connections: 80 to 20', async () => {
    const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
    const { one = 0, two = 0 } = await counts(sandbox.gateway, 300)
    expect(one + two).toBe(300)
    // Four standard deviations of a fair choice.
    expect(Math.abs(two - 60)).toBeLessThan(28)
    expect(sandbox.connections.byDestination).toEqual({ v1: one, v2: two })
  })

  test('of a sum other than 100 are proportions', async () => {
    const sandbox = await sandboxWith({ weights: { v1: 3, v2: 1 } })
    const { two = 0 } = await counts(sandbox.gateway, 200)
    expect(Math.abs(two - 50)).toBeLessThan(25)
  })

  test('that are missing among several destinations count as 0', async () => {
    const sandbox = await sandboxWith()
    writeRoute(sandbox, { v1: undefined, v2: 5 })
    await sandbox.applied()
    expect(await prefixes(sandbox.gateway, 10)).toEqual(Array(10).fill('two'))
  })

  test('can be those of three destinations', async () => {
    const sandbox = await sandboxWith({ weights: { v1: 1, v2: 1, v3: 1 } })
    const found = await counts(sandbox.gateway, 60)
    expect(Object.keys(found).sort()).toEqual(['one', 'three', 'two'])
  })

  test('give the same choices for the same seed, and others for another seed', async () => {
    const sequence = async (seed: number) => {
      const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 }, seed })
      return prefixes(sandbox.gateway, 30)
    }
    const first = await sequence(5)
    expect(await sequence(5)).toEqual(first)
    expect(await sequence(6)).not.toEqual(first)
  })

  test('that are all 0 cannot be pushed, so the gateway keeps its configuration', async () => {
    const sandbox = await sandboxWith()
    writeRoute(sandbox, { v1: 0, v2: 0 })
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  })
})

describe('the rule that gets a connection', () => {
  test('is the first of the object whose match names the port, or no port', async () => {
    const sandbox = await sandboxWith()
    const rule = (subset: string, match?: Json): Json => ({
      ...(match === undefined ? {} : { match }),
      route: routeOf({ [subset]: undefined }),
    })
    writeRules(sandbox, [
      rule('v1', [{ port: 9999 }]),
      rule('v2', [{ port: 1 }, { port: 31400 }]),
      rule('v1'),
    ])
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
    writeRules(sandbox, [rule('v1'), rule('v2', [{ port: 31400 }])])
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  })

  test('is not one whose match names other gateways only', async () => {
    const sandbox = await sandboxWith()
    const rule = (subset: string, gateways: string[]): Json => ({
      match: [{ port: 31400, gateways }],
      route: routeOf({ [subset]: undefined }),
    })
    writeRules(sandbox, [
      rule('v1', ['mesh', 'other/tcp-echo-gateway']),
      rule('v2', ['demo/tcp-echo-gateway']),
    ])
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
  })

  test('is one of the oldest object, regardless of its name', async () => {
    let now = new Date('2026-01-01T00:00:10Z')
    const sandbox = await sandboxWith({ now: () => now })
    now = new Date('2026-01-01T00:00:20Z')
    addVirtualService(sandbox, 'aaa', 'v2')
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
    now = new Date('2026-01-01T00:00:05Z')
    addVirtualService(sandbox, 'zzz', 'v2')
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
  })

  test('is one of the first object by name if two were created in the same second', async () => {
    const sandbox = await sandboxWith({ now: () => new Date('2026-01-01T00:00:10Z') })
    addVirtualService(sandbox, 'zzz', 'v2')
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
    addVirtualService(sandbox, 'aaa', 'v2')
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
  })
})

describe('the hosts of a Gateway and of a VirtualService', () => {
  test.each([
    [['*.com'], ['a.com'], true],
    [['*.com'], ['a.org'], false],
    [['a.com'], ['*'], true],
    [['./*'], ['*'], true],
    [['demo/*'], ['*'], true],
    [['other/*'], ['*'], false],
  ])('%j and %j match: %j', async (offered, wanted, meet) => {
    const sandbox = await sandboxWith()
    const server = { port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: offered }
    sandbox.objects.patch(GATEWAY, { spec: { servers: [server] } })
    sandbox.objects.patch(VIRTUAL_SERVICE, { spec: { hosts: wanted } })
    await sandbox.applied()
    const { ended } = await ask(sandbox.gateway)
    expect(ended).toBe(meet ? 'line' : 'ECONNREFUSED')
  })
})

test('the older one of two Gateways for one port gets it', async () => {
  let now = new Date('2026-01-01T00:00:10Z')
  const sandbox = await sandboxWith({ now: () => now })
  now = new Date('2026-01-01T00:00:20Z')
  const gateway = sandbox.objects.get(GATEWAY)
  if (gateway === undefined) throw new Error('the Gateway is gone')
  sandbox.objects.create({ ...gateway, metadata: { name: 'aaa', namespace: 'demo' } })
  addVirtualService(sandbox, 'aaa', 'v2', 'aaa')
  await sandbox.applied()
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  sandbox.objects.delete(GATEWAY)
  await sandbox.applied()
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
})

test('a destination without a port uses the only port of its Service', async () => {
  const sandbox = await sandboxWith()
  writeRules(sandbox, [{ route: [{ destination: { host: 'tcp-echo', subset: 'v2' } }] }])
  await sandbox.applied()
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
})

test('a destination without a subset uses the endpoints of the whole Service, in turn', async () => {
  const sandbox = await sandboxWith()
  const route = [
    { destination: { host: 'tcp-echo.demo.svc.cluster.local', port: { number: 9000 } } },
  ]
  writeRules(sandbox, [{ route }])
  await sandbox.applied()
  expect(await prefixes(sandbox.gateway, 4)).toEqual(['one', 'two', 'one', 'two'])
  expect(sandbox.connections.byDestination).toEqual({ 'tcp-echo.demo.svc.cluster.local': 4 })
})

describe('a connection that cannot be served', () => {
  test('is accepted and closed without a reply if the subset is in no DestinationRule', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(RULE, { spec: { subsets: [{ name: 'v2', labels: { version: 'v2' } }] } })
    await sandbox.applied()
    const replyCounts = await ask(sandbox.gateway)
    expect(replyCounts.text).toBe('')
    expect(['closed', 'ECONNRESET']).toContain(replyCounts.ended)
    expect(sandbox.connections.accepted).toBe(1)
  })

  test('is accepted and closed without a reply if no Pod has the labels of the subset', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(
      { group: '', resource: 'pods', namespace: 'demo', name: 'tcp-echo-v1-0' },
      { metadata: { labels: { version: 'v0' } } },
    )
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('')
  })

  test('is refused if no rule matches the port, or no Gateway selects this gateway', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.patch(VIRTUAL_SERVICE, { spec: { gateways: ['other'] } })
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).ended).toBe('ECONNREFUSED')
    sandbox.objects.patch(VIRTUAL_SERVICE, { spec: { gateways: ['tcp-echo-gateway'] } })
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
    sandbox.objects.patch(GATEWAY, { spec: { selector: { istio: 'other' } } })
    await sandbox.applied()
    expect((await ask(sandbox.gateway)).ended).toBe('ECONNREFUSED')
  })
})

test('a further port of the Gateway is opened with the first route to it', async () => {
  const sandbox = await sandboxWith()
  const at = { host: sandbox.gateway.host, port: 31401 }
  const servers = [31400, 31401].map((number) => ({
    port: { number, name: `tcp-${number}`, protocol: 'TCP' },
    hosts: ['*'],
  }))
  sandbox.objects.patch(GATEWAY, { spec: { servers } })
  await sandbox.applied()
  expect((await ask(at)).ended).toBe('ECONNREFUSED')
  writeRules(sandbox, [
    { match: [{ port: 31400 }], route: routeOf({ v1: undefined }) },
    { match: [{ port: 31401 }], route: routeOf({ v2: undefined }) },
  ])
  await sandbox.applied()
  expect((await ask(at)).text).toBe('two hello\n')
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
})

test('many sandboxes run at the same time, each at its own address and port 31400', async () => {
  const sandboxes = await Promise.all([1, 2, 3].map(() => sandboxWith()))
  const hosts = sandboxes.map((sandbox) => sandbox.gateway.host)
  expect(new Set(hosts).size).toBe(3)
  expect(sandboxes.map((sandbox) => sandbox.gateway.port)).toEqual([31400, 31400, 31400])
  for (const { gateway } of sandboxes) expect((await ask(gateway)).text).toBe('one hello\n')
})

function writeRules(sandbox: Sandbox, tcp: Json[]): void {
  sandbox.objects.patch(VIRTUAL_SERVICE, { spec: { tcp } })
}

function addVirtualService(
  sandbox: Sandbox,
  name: string,
  subset: string,
  gateway = 'tcp-echo-gateway',
): void {
  sandbox.objects.create(
    object({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: 'demo' },
      spec: {
        hosts: ['*'],
        gateways: [gateway],
        tcp: [{ match: [{ port: 31400 }], route: routeOf({ [subset]: undefined }) }],
      },
    }),
  )
}

function object(value: Json): KubeObject {
  if (!isKubeObject(value)) throw new Error('no object')
  return value
}
