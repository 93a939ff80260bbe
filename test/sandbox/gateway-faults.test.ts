import { expect, test } from 'vitest'
import { ask, counts, openConnection, prefixes } from '../../kit/sandbox/talk.ts'
import { sandboxWith, writeRoute } from './support/sandbox.ts'

test('a gateway with a split fault uses the shares of the fault', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
  const order = await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0, v2: 1 } })
  expect(await prefixes(sandbox.gateway, 10)).toEqual(Array(10).fill('two'))
  await order.clear()
  const { one = 0 } = await counts(sandbox.gateway, 100)
  expect(one).toBeGreaterThan(60)
})

test('a gateway that ignores weights chooses all destinations with the same chance', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 99, v2: 1 } })
  await sandbox.faults.gateway({ kind: 'even' })
  const { two = 0 } = await counts(sandbox.gateway, 150)
  expect(Math.abs(two - 75)).toBeLessThan(25)
})

test('a gateway that applies weights late uses the previous ones until then', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.gateway({ kind: 'late', byMs: 300 })
  const started = performance.now()
  writeRoute(sandbox, { v2: undefined })
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  await sandbox.applied()
  expect(performance.now() - started).toBeGreaterThanOrEqual(290)
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
})

test('a gateway that never applies weights does so when the fault is cleared', async () => {
  const sandbox = await sandboxWith()
  const order = await sandbox.faults.gateway({ kind: 'never' })
  writeRoute(sandbox, { v2: undefined })
  await sandbox.applied()
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  await order.clear()
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
})

test('if one of several replicas never applies the weights, connections get both splits', async () => {
  const sandbox = await sandboxWith({ replicas: 2 })
  await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
  writeRoute(sandbox, { v2: undefined })
  await sandbox.applied()
  const { one = 0, two = 0 } = await counts(sandbox.gateway, 100)
  expect(one).toBeGreaterThan(20)
  expect(two).toBeGreaterThan(20)
})

test('if one of several replicas applies the weights later, connections then get only the new split', async () => {
  const sandbox = await sandboxWith({ replicas: 3 })
  await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 30 })
  writeRoute(sandbox, { v2: undefined })
  await sandbox.applied()
  expect(await counts(sandbox.gateway, 40)).toEqual({ two: 40 })
})

test('a flapping gateway uses the previous route and the current one in turn', async () => {
  const sandbox = await sandboxWith()
  writeRoute(sandbox, { v2: undefined })
  await sandbox.applied()
  await sandbox.faults.gateway({ kind: 'flapping', connections: 2 })
  expect(await prefixes(sandbox.gateway, 8)).toEqual([
    'one',
    'one',
    'two',
    'two',
    'one',
    'one',
    'two',
    'two',
  ])
})

test('a pinned client always gets the same destination, and another client may get another one', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  await sandbox.faults.gateway({ kind: 'pinned', by: 'address' })
  const clients = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']
  const met = await Promise.all(
    clients.map(async (client) => new Set(await prefixes(sandbox.gateway, 6, client))),
  )
  expect(met.map((destinations) => destinations.size)).toEqual([1, 1, 1, 1, 1, 1])
  expect(new Set(met.flatMap((destinations) => [...destinations]))).toEqual(new Set(['one', 'two']))
})

test('all clients can be pinned to one destination', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  await sandbox.faults.gateway({ kind: 'pinned', by: 'everybody' })
  const met = await Promise.all(
    ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((client) => prefixes(sandbox.gateway, 5, client)),
  )
  expect(new Set(met.flat()).size).toBe(1)
})

test('destinations with a weight can be used in turn, in blocks of connections', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  await sandbox.faults.gateway({ kind: 'blocks', length: 5 })
  const found = await prefixes(sandbox.gateway, 50)
  const turn = [...Array(5).fill('one'), ...Array(5).fill('two')]
  expect(found).toEqual(Array.from({ length: 5 }, () => turn).flat())
})

test('a gateway with the refuse fault refuses connections until the fault ends', async () => {
  const sandbox = await sandboxWith()
  const order = await sandbox.faults.gateway({ kind: 'refuses' })
  expect((await ask(sandbox.gateway)).ended).toBe('ECONNREFUSED')
  await order.clear()
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
})

test('a gateway with the reset fault accepts first', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.gateway({ kind: 'resets' })
  expect(await ask(sandbox.gateway)).toMatchObject({ text: '', ended: 'ECONNRESET' })
  expect(sandbox.connections.accepted).toBe(1)
})

test('a gateway that is a black hole reads everything and answers nothing', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.gateway({ kind: 'black-hole' })
  const connection = await openConnection(sandbox.gateway)
  let replyCounts = ''
  connection.socket.on('data', (text) => {
    replyCounts += text
  })
  connection.socket.end('hello\n')
  await connection.closed
  expect(replyCounts).toBe('')
  expect(sandbox.connections).toMatchObject({ accepted: 1, byDestination: {} })
})

test('clear() ends all faults at once', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.gateway({ kind: 'refuses' })
  await sandbox.faults.destination('v1', { kind: 'dead' })
  await sandbox.faults.clear()
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
})
