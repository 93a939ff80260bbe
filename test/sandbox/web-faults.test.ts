import { describe, expect, test } from 'vitest'
import { askHttp } from '../../kit/sandbox/talk-http.ts'
import type { DestinationFault } from '../../sandbox/faults/destination-fault.ts'
import { sandboxWith } from './support/sandbox.ts'
import { get, httpAt, to, versionIn, versions, writeRules } from './support/web.ts'

const UPSTREAM = 'x-envoy-upstream-service-time'

async function replyWith(fault: DestinationFault, version: '1.1' | '2' = '1.1') {
  const sandbox = await sandboxWith({ web: true })
  await sandbox.faults.destination('v1', fault)
  return askHttp({ ...httpAt(sandbox), version }, { host: 'web.example.com' })
}

describe('a version of the web application', () => {
  test('says what it received, and its name in a header', async () => {
    const sandbox = await sandboxWith({ web: true })
    const reply = await get(sandbox, { path: '/a?b=c', headers: [['x-a', 'b']] })
    expect(reply.headers).toMatchObject({ 'x-version': 'v1', 'content-type': 'application/json' })
    expect(JSON.parse(reply.body)).toMatchObject({
      version: 'v1',
      pod: 'web-v1-0',
      method: 'GET',
      path: '/a?b=c',
      host: 'web.example.com',
      headers: { 'x-a': 'b', 'x-forwarded-proto': 'http' },
    })
    expect(sandbox.connections).toMatchObject({ requests: 1, byDestination: { v1: 1 } })
  })

  test('can answer with another status and body', async () => {
    const reply = await replyWith({ kind: 'status', status: 500, body: 'broken' })
    expect(reply).toMatchObject({ status: 500, body: 'broken' })
    expect(reply.headers).toHaveProperty(UPSTREAM)
  })

  test('can answer with a status and leave its name out', async () => {
    const reply = await replyWith({ kind: 'status', status: 500, unnamed: true })
    expect(reply.status).toBe(500)
    expect(reply.headers).not.toHaveProperty('x-version')
    expect(reply.body).not.toContain('v1')
  })

  test('can leave its name out', async () => {
    const reply = await replyWith({ kind: 'no-version' })
    expect(reply.headers).not.toHaveProperty('x-version')
    expect(reply.body).not.toContain('v1')
  })

  test('can send the name of another', async () => {
    expect(versionIn(await replyWith({ kind: 'prefix', prefix: 'v7' }))).toBe('v7')
  })

  test('can send any bytes as its body', async () => {
    expect((await replyWith({ kind: 'reply', bytes: 'text' })).body).toBe('text')
  })

  test('can answer late', async () => {
    const startedMs = performance.now()
    expect((await replyWith({ kind: 'slow', delayMs: 60 })).status).toBe(200)
    expect(performance.now() - startedMs).toBeGreaterThan(59)
  })

  test.each(['1.1', '2'] as const)(
    'can reset in the middle of a body in HTTP/%s',
    async (version) => {
      const reply = await replyWith({ kind: 'cut' }, version)
      expect(reply).toMatchObject({ status: 200, isWhole: false })
      expect(reply.body).toMatch(/^\{"version":"v1"/)
    },
  )

  test.each([
    ['resets', { kind: 'resets' }],
    ['closes', { kind: 'eof' }],
  ] as const)('that %s before it answers is answered for with 503', async (_, fault) => {
    const reply = await replyWith(fault)
    expect(reply.status).toBe(503)
    expect(reply.body).toBe(
      'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    )
    expect(reply.headers).not.toHaveProperty(UPSTREAM)
  })

  test('that is not ready is no healthy upstream, until it is ready again', async () => {
    const sandbox = await sandboxWith({ web: true })
    const order = await sandbox.faults.destination('v1', { kind: 'not-ready' })
    await sandbox.applied()
    expect(await get(sandbox)).toMatchObject({ status: 503, body: 'no healthy upstream' })
    await order.clear()
    await sandbox.applied()
    expect((await get(sandbox)).status).toBe(200)
  })

  test('can have a fault of every third reply', async () => {
    const sandbox = await sandboxWith({ web: true })
    await sandbox.faults.destination('v1', { kind: 'status', status: 500 }, { every: 3 })
    const statuses: number[] = []
    for (let asked = 0; asked < 6; asked += 1) statuses.push((await get(sandbox)).status)
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500])
  })

  test('can end gRPC calls with a status', async () => {
    const sandbox = await sandboxWith({ web: { grpc: true } })
    const call = () =>
      askHttp(
        { ...httpAt(sandbox), version: '2' },
        {
          host: 'grpc.example.com',
          path: '/grpc.health.v1.Health/Check',
          method: 'POST',
          headers: [['content-type', 'application/grpc']],
          body: Buffer.alloc(5),
        },
      )
    expect(await call()).toMatchObject({ status: 200, trailers: { 'grpc-status': '0' } })
    await sandbox.faults.destination('v1', { kind: 'grpc-status', status: 14, message: 'no' })
    expect(await call()).toMatchObject({
      status: 200,
      headers: { 'grpc-status': '14', 'grpc-message': 'no', 'x-version': 'v1' },
    })
  })
})

describe('a gateway that answers itself', () => {
  const stamped = (subset: string, weight: number) => ({
    ...Object(to(subset, weight)),
    headers: { response: { set: { 'x-stamp': subset } } },
  })

  test('before a route is chosen has no headers of a destination', async () => {
    const sandbox = await sandboxWith({ web: true })
    writeRules(sandbox, { route: [stamped('v1', 50), stamped('v2', 50)] })
    await sandbox.applied()
    await sandbox.faults.gateway({ kind: 'reply', when: 'before-route', status: 429, body: 'slow' })
    const reply = await get(sandbox)
    expect(reply).toMatchObject({ status: 429, body: 'slow' })
    expect(reply.headers).not.toHaveProperty('x-stamp')
    expect(reply.headers).not.toHaveProperty(UPSTREAM)
    expect(sandbox.connections.byDestination).toEqual({})
  })

  test('after that has the headers of the destination', async () => {
    const sandbox = await sandboxWith({ web: true })
    writeRules(sandbox, { route: [stamped('v1', 50), stamped('v2', 50)] })
    await sandbox.applied()
    await sandbox.faults.gateway({
      kind: 'reply',
      when: 'after-route',
      status: 403,
      body: 'RBAC: access denied',
    })
    const stamps = new Set<string | undefined>()
    for (let asked = 0; asked < 30; asked += 1) {
      const { status, headers } = await get(sandbox)
      expect(status).toBe(403)
      stamps.add(headers['x-stamp'])
    }
    expect(stamps).toEqual(new Set(['v1', 'v2']))
  })

  test('can do so for every second request', async () => {
    const sandbox = await sandboxWith({ web: true })
    await sandbox.faults.gateway({ kind: 'reply', when: 'before-route', status: 401, every: 2 })
    expect(await versions(sandbox, 4)).toEqual({ v1: 2, '': 2 })
  })
})

test('faults of the split apply to requests too', async () => {
  const sandbox = await sandboxWith({ web: { http: { v1: 80, v2: 20 } } })
  await sandbox.faults.gateway({ kind: 'shares', shares: { v2: 1 } })
  expect(await versions(sandbox, 5)).toEqual({ v2: 5 })
  await sandbox.faults.gateway({ kind: 'blocks', length: 2 })
  expect(await versions(sandbox, 8)).toEqual({ v1: 4, v2: 4 })
})
