import { expect, test } from 'vitest'
import { ask, openConnection, prefixes } from '../../kit/sandbox/talk.ts'
import { sandboxWith, VIRTUAL_SERVICE, writeRoute } from './support/sandbox.ts'
import { until } from './support/until.ts'

test('new weights are used when applied() resolves, and not before the quiet time is over', async () => {
  const sandbox = await sandboxWith({ debounceMs: 300 })
  const started = performance.now()
  writeRoute(sandbox, { v1: 0, v2: 100 })
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  await sandbox.applied()
  expect(performance.now() - started).toBeGreaterThanOrEqual(290)
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
})

test('changes in quick succession are pushed as one', async () => {
  const sandbox = await sandboxWith({ debounceMs: 30 })
  expect(sandbox.pushes()).toBe(1)
  for (const weight of [10, 20, 30]) writeRoute(sandbox, { v1: 100 - weight, v2: weight })
  await sandbox.applied()
  expect(sandbox.pushes()).toBe(2)
})

test('changes that never stop delay a push up to the limit', async () => {
  const sandbox = await sandboxWith({ debounceMs: 30, debounceMaxMs: 60 })
  const started = performance.now()
  let weight = 0
  while (sandbox.pushes() === 1) {
    weight += 1
    writeRoute(sandbox, { v1: 1, v2: weight })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const tookMs = performance.now() - started
  // The timers of the push and this clock may differ by a millisecond.
  expect(tookMs).toBeGreaterThanOrEqual(50)
  expect(tookMs).toBeLessThan(2_000)
})

test('the limit begins again after a push', async () => {
  const sandbox = await sandboxWith({ debounceMs: 30, debounceMaxMs: 40 })
  const first = performance.now()
  writeRoute(sandbox, { v1: 1, v2: 1 })
  await sandbox.applied()
  await until(() => performance.now() - first > 45)
  const second = performance.now()
  writeRoute(sandbox, { v1: 1, v2: 2 })
  await sandbox.applied()
  expect(performance.now() - second).toBeGreaterThanOrEqual(29)
})

test.each([
  ['annotations', { metadata: { annotations: { 'istio-traffic-shift/journal': '{}' } } }, 1],
  ['labels', { metadata: { labels: { a: 'b' } } }, 1],
  ['the same spec again', { spec: { hosts: ['*'] } }, 1],
  ["an annotation of Istio's own", { metadata: { annotations: { 'x.istio.io/y': 'z' } } }, 2],
])('a change of %s is pushed as often as by istiod', async (_, patch, pushes) => {
  const sandbox = await sandboxWith()
  sandbox.objects.patch(VIRTUAL_SERVICE, patch)
  await sandbox.applied()
  expect(sandbox.pushes()).toBe(pushes)
})

test('a pushed change without an effect on a route leaves connections alone', async () => {
  const sandbox = await sandboxWith({ drainMs: 1 })
  const connection = await openConnection(sandbox.gateway)
  await connection.say('a\n')
  sandbox.objects.patch(VIRTUAL_SERVICE, { metadata: { annotations: { 'x.istio.io/y': 'z' } } })
  await sandbox.applied()
  await ask(sandbox.gateway)
  expect(await connection.say('b\n')).toBe('one b\n')
  connection.socket.destroy()
})

test('a connection that was open before a change stays with its destination until the drain ends it', async () => {
  const sandbox = await sandboxWith({ drainMs: 300 })
  const connection = await openConnection(sandbox.gateway)
  expect(await connection.say('a\n')).toBe('one a\n')
  writeRoute(sandbox, { v1: 0, v2: 100 })
  await sandbox.applied()
  const changed = performance.now()
  expect((await ask(sandbox.gateway)).text).toBe('two hello\n')
  expect(await connection.say('b\n')).toBe('one b\n')
  await connection.closed
  expect(performance.now() - changed).toBeGreaterThanOrEqual(290)
  await until(() => sandbox.connections.open === 0)
})

test('a pod that is no longer ready gets no new connections', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  await using _ = await sandbox.faults.destination('v2', { kind: 'not-ready' })
  await sandbox.applied()
  const found = new Set(await prefixes(sandbox.gateway, 20))
  expect(found).toEqual(new Set(['one', '']))
})
