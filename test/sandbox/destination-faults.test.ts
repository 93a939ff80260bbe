import { expect, test } from 'vitest'
import { hitsWithin } from '../../kit/contract/binomial.ts'
import { ask, openConnection, prefixes } from '../../kit/sandbox/talk.ts'
import { dig, listAt, textAt } from '../../sandbox/objects/json.ts'
import { sandboxWith } from './support/sandbox.ts'

test('for a version that refuses, the gateway accepts and closes without a reply until the version is back', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  const order = await sandbox.faults.destination('v2', { kind: 'dead' })
  const found = await prefixes(sandbox.gateway, 30)
  expect(new Set(found)).toEqual(new Set(['one', '']))
  await order.clear()
  expect(new Set(await prefixes(sandbox.gateway, 30))).toEqual(new Set(['one', 'two']))
})

test('a version that is killed closes its open connections', async () => {
  const sandbox = await sandboxWith()
  const connection = await openConnection(sandbox.gateway)
  await connection.say('a\n')
  await sandbox.faults.destination('v1', { kind: 'dead' })
  await connection.closed
})

test('a version that is not ready shows it in its Pod and its endpoint, and is ready again afterwards', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 50, v2: 50 } })
  const readiness = () => {
    const pod = sandbox.objects.get({
      group: '',
      resource: 'pods',
      namespace: 'demo',
      name: 'tcp-echo-v2-0',
    })
    const slice = sandbox.objects.get({
      group: 'discovery.k8s.io',
      resource: 'endpointslices',
      namespace: 'demo',
      name: 'tcp-echo-1',
    })
    const endpoints = listAt(slice, 'endpoints').map((one) => dig(one, 'conditions', 'ready'))
    return [textAt(pod, 'status', 'conditions', 0, 'status'), endpoints]
  }
  const order = await sandbox.faults.destination('v2', { kind: 'not-ready' })
  expect(readiness()).toEqual(['False', [true, false]])
  await order.clear()
  expect(readiness()).toEqual(['True', [true, true]])
  const routed = await sandbox.faults.destination('v2', { kind: 'not-ready', routed: true })
  await sandbox.applied()
  expect(readiness()).toEqual(['False', [true, true]])
  expect(new Set(await prefixes(sandbox.gateway, 30))).toEqual(new Set(['one', 'two']))
  await routed.clear()
})

test('a slow version answers late', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'slow', delayMs: 40 })
  const started = performance.now()
  expect((await ask(sandbox.gateway)).text).toBe('one hello\n')
  expect(performance.now() - started).toBeGreaterThanOrEqual(39)
})

test('half a line is sent without its line feed, then the connection ends', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'half-line', afterwards: 'close' })
  expect(await ask(sandbox.gateway)).toMatchObject({ text: 'one h', ended: 'closed' })
})

test('half a line can also leave the client waiting', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'half-line', afterwards: 'hold' })
  const connection = await openConnection(sandbox.gateway)
  expect(await connection.say('hello\n')).toBe('one h')
  await sandbox.faults.clear()
  expect(await connection.say('x\n')).toBe('one x\n')
  connection.socket.destroy()
})

test('a reply in two packets arrives in two pieces', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'two-packets', gapMs: 100 })
  const connection = await openConnection(sandbox.gateway)
  const pieces = [await connection.say('hello\n')]
  const rest = new Promise<string>((resolve) => connection.socket.once('data', resolve))
  pieces.push(await rest)
  expect(pieces).toEqual(['one h', 'ello\n'])
  connection.socket.destroy()
})

test('a drip is one byte at a time', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'drip', everyMs: 50 })
  const connection = await openConnection(sandbox.gateway)
  expect(await connection.say('x\n')).toBe('o')
  let replyCounts = 'o'
  await new Promise<void>((resolve) =>
    connection.socket.on('data', (text) => {
      replyCounts += text
      if (replyCounts.endsWith('\n')) resolve()
    }),
  )
  expect(replyCounts).toBe('one x\n')
  connection.socket.destroy()
})

test('bytes without a line feed can be limited or endless', async () => {
  const sandbox = await sandboxWith()
  const order = await sandbox.faults.destination('v1', { kind: 'endless', bytes: 300_000 })
  const connection = await openConnection(sandbox.gateway)
  let bytes = 0
  await new Promise<void>((resolve) => {
    connection.socket.on('data', (text: string) => {
      expect(text).not.toContain('\n')
      bytes += text.length
      if (bytes >= 300_000) resolve()
    })
    connection.socket.write('hello\n')
  })
  expect(bytes).toBe(300_000)
  await order.clear()
  connection.socket.destroy()

  await sandbox.faults.destination('v1', { kind: 'endless' })
  const flood = await openConnection(sandbox.gateway)
  let received = 0
  flood.socket.on('data', (text: string) => {
    received += text.length
    if (received > 2_000_000) flood.socket.destroy()
  })
  flood.socket.write('hello\n')
  await flood.closed
  expect(received).toBeGreaterThan(2_000_000)
})

test.each([
  [{ kind: 'crlf' } as const, Buffer.from('one hello\r\n')],
  [
    { kind: 'invalid-utf8' } as const,
    Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from('one hello\n')]),
  ],
  [{ kind: 'prefix', prefix: 'nine' } as const, Buffer.from('nine hello\n')],
  [{ kind: 'reply', bytes: '::error::x\n' } as const, Buffer.from('::error::x\n')],
  [{ kind: 'reply', bytes: new Uint8Array([1, 2, 10]) } as const, Buffer.from([1, 2, 10])],
])('the reply %j is sent byte for byte', async (fault, expected) => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', fault)
  const replyCounts = await ask(sandbox.gateway)
  expect(replyCounts.ended).toBe('line')
  expect(replyCounts.bytes.equals(expected)).toBe(true)
})

test.each([
  [{ kind: 'eof' } as const, ['closed']],
  [{ kind: 'resets' } as const, ['closed', 'ECONNRESET']],
])('without a reply the connection ends: %j', async (fault, endings) => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', fault)
  const replyCounts = await ask(sandbox.gateway)
  expect(replyCounts.text).toBe('')
  expect(endings).toContain(replyCounts.ended)
})

test('a silent version reads, never answers, and closes when the client does', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'silent' })
  const connection = await openConnection(sandbox.gateway)
  let replyCounts = ''
  connection.socket.on('data', (text) => {
    replyCounts += text
  })
  connection.socket.end('hello\n')
  await connection.closed
  expect(replyCounts).toBe('')
})

test('a version can send first', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'speaks-first' })
  expect((await ask(sandbox.gateway, '')).text).toBe('one hello\n')
})

test('a fault can affect every n-th connection of a version', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'eof' }, { every: 3 })
  expect(await prefixes(sandbox.gateway, 9)).toEqual([
    'one',
    'one',
    '',
    'one',
    'one',
    '',
    'one',
    'one',
    '',
  ])
})

test('a fault can affect a share of the connections of a version, at random', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'prefix', prefix: 'nine' }, { share: 0.3 })
  const connections = 200
  const found = await prefixes(sandbox.gateway, connections)
  const affected = found.filter((prefix) => prefix === 'nine').length
  const { least, most } = hitsWithin(connections, 0.3, 1e-6)
  expect(affected).toBeGreaterThanOrEqual(least)
  expect(affected).toBeLessThanOrEqual(most)
  // At random, so two in a row are affected too; with every third connection they never would be.
  expect(found.join(' ')).toContain('nine nine')
})

test('half a line can be followed by a reset', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'cut' })
  expect(await ask(sandbox.gateway)).toMatchObject({
    text: 'one h',
    ended: expect.stringMatching(/^(closed|ECONNRESET)$/),
  })
})

test('of two faults of a version the one that was ordered last counts', async () => {
  const sandbox = await sandboxWith()
  await sandbox.faults.destination('v1', { kind: 'eof' })
  const order = await sandbox.faults.destination('v1', { kind: 'prefix', prefix: 'nine' })
  expect((await ask(sandbox.gateway)).text).toBe('nine hello\n')
  await order.clear()
  expect((await ask(sandbox.gateway)).text).toBe('')
})

test('a fault of a missing version is an error', async () => {
  const sandbox = await sandboxWith()
  await expect(async () => sandbox.faults.destination('v9', { kind: 'eof' })).rejects.toThrow(
    'the sandbox has no subset v9',
  )
})
