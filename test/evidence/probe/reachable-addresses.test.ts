import { expect, test } from 'vitest'
import { reachableAddresses } from '../../../src/evidence/probe/reachable-addresses.ts'
import { Aborted } from '../../../src/problem/aborted.ts'
import { closedPort, tcpServer } from './support/servers.ts'

const NEVER = new AbortController().signal
/** Discards what is sent to it, if it is routed at all (RFC 6666). */
const DEAD = '100::1'

function resolving(names: Readonly<Record<string, string[]>>) {
  return async (host: string) => {
    const found = names[host]
    if (found === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`)
    return found
  }
}

function reach(
  hosts: string[],
  port: number,
  more: { names?: Record<string, string[]>; limitMs?: number; othersMs?: number } = {},
) {
  const { names = {}, limitMs = 5_000, othersMs = 2_000 } = more
  const endpoints = hosts.map((host) => ({ host, port }))
  const settings = { limitMs, othersMs, signal: NEVER, resolve: resolving(names) }
  return reachableAddresses(endpoints, settings)
}

const addressesOf = ({ addresses }: { addresses: readonly { address: string }[] }) =>
  addresses.map(({ address }) => address)

test('a single address is used as it is, without a name server and without a connection', async () => {
  for (const host of ['192.0.2.1', '::1'])
    expect(await reach([host], 1)).toEqual({
      addresses: [{ host, address: host, port: 1 }],
      leftOut: [],
    })
})

test('a name with a single address is used as it is', async () => {
  expect(addressesOf(await reach(['gw'], 1, { names: { gw: ['192.0.2.1'] } }))).toEqual([
    '192.0.2.1',
  ])
})

test('all addresses that accept a connection are used, in the order given, each once', async () => {
  const first = await tcpServer(() => undefined)
  await tcpServer(() => undefined, { host: '127.0.0.2', port: first.port })
  const found = await reach(['127.0.0.2', 'gw'], first.port, {
    names: { gw: ['127.0.0.1', '127.0.0.2'] },
  })
  expect(addressesOf(found)).toEqual(['127.0.0.2', '127.0.0.1'])
  expect(found.leftOut).toEqual([])
})

test('each address that accepts none is named with its name and reason', async () => {
  const server = await tcpServer(() => undefined)
  const found = await reach(['lb.invalid', 'gw', '127.0.0.4', 'empty'], server.port, {
    names: { gw: ['127.0.0.3', '127.0.0.1'], empty: [] },
  })
  expect(addressesOf(found)).toEqual(['127.0.0.1'])
  const { port } = server
  expect(found.leftOut).toEqual([
    { what: `lb.invalid:${port}`, why: 'getaddrinfo ENOTFOUND lb.invalid' },
    { what: `127.0.0.3:${port} of gw`, why: `connect ECONNREFUSED 127.0.0.3:${port}` },
    { what: `127.0.0.4:${port}`, why: `connect ECONNREFUSED 127.0.0.4:${port}` },
    { what: `empty:${port}`, why: 'it has no address' },
  ])
})

test('none is used where none accepts', async () => {
  const found = await reach(['127.0.0.1', '127.0.0.2'], await closedPort())
  expect(found.addresses).toEqual([])
  expect(found.leftOut).toHaveLength(2)
})

test('a name server that never answers holds up the others only for a while', async () => {
  const server = await tcpServer(() => undefined)
  const never = new Promise<string[]>(() => undefined)
  const endpoints = ['slow', '127.0.0.1'].map((host) => ({ host, port: server.port }))
  const found = await reachableAddresses(endpoints, {
    limitMs: 60_000,
    othersMs: 1,
    signal: NEVER,
    resolve: () => never,
  })
  expect(addressesOf(found)).toEqual(['127.0.0.1'])
  expect(found.leftOut).toEqual([
    { what: `slow:${server.port}`, why: 'no answer 1 ms after another address' },
  ])
})

test('nothing that never answers takes longer than the limit', async () => {
  const never = new Promise<string[]>(() => undefined)
  const settings = { limitMs: 1, signal: NEVER, resolve: () => never }
  const { leftOut } = await reachableAddresses([{ host: 'slow', port: 1 }], settings)
  expect(leftOut).toEqual([{ what: 'slow:1', why: 'no answer within 1 ms' }])
})

test('a run that is stopped waits for no address', async () => {
  const never = new Promise<string[]>(() => undefined)
  const stopped = new AbortController()
  const settings = { limitMs: 60_000, signal: stopped.signal, resolve: () => never }
  const reaching = reachableAddresses([{ host: 'slow', port: 1 }], settings)
  stopped.abort(new Aborted({ kind: 'cancelled' }))
  expect((await reaching).leftOut).toEqual([{ what: 'slow:1', why: 'the run was cancelled' }])
})

test('an address that swallows everything is left out once another has answered', async () => {
  const server = await tcpServer(() => undefined)
  const found = await reach([DEAD, '127.0.0.1'], server.port, { limitMs: 60_000, othersMs: 1 })
  expect(addressesOf(found)).toEqual(['127.0.0.1'])
  expect(found.leftOut).toMatchObject([{ what: `[${DEAD}]:${server.port}` }])
})

test('names are looked up in the system, whose own words name one that it does not know', async () => {
  const server = await tcpServer(() => undefined)
  const endpoints = ['localhost', 'no..host'].map((host) => ({ host, port: server.port }))
  const found = await reachableAddresses(endpoints, { limitMs: 5_000, signal: NEVER })
  expect(addressesOf(found)).toContain('127.0.0.1')
  expect(found.leftOut.map(({ why }) => why)).toContainEqual(
    expect.stringMatching(/getaddrinfo E[A-Z_]+ no\.\.host/),
  )
})
