import { describe, expect, onTestFinished, test } from 'vitest'
import type { Json } from '../../../sandbox/objects/json.ts'
import { GROUP, newName } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { named, replyWith, to, withRules } from './mesh.ts'
import { type Reply, send } from './request.ts'

/** How many requests show that every worker of the gateway has a configuration. */
const REPEATED = 8

/** Facts about replies that no destination made. */
export function testOwnReplies(mesh: () => Mesh): void {
  const rule = (subset: string): Json => ({ route: [to(subset, named('v'))] })

  function expectOwn({ headers }: Reply): void {
    expect(headers).toMatchObject({ server: 'istio-envoy' })
    expect(headers['x-envoy-upstream-service-time']).toBeUndefined()
  }

  describe('a reply that the gateway makes itself', () => {
    test.each<[string, string, Json]>([
      ['a subset that no DestinationRule defines', '', rule('v9')],
      [
        'a host that no Service has',
        '',
        { route: [{ destination: { host: 'none' }, ...named('v') }] },
      ],
    ])('for %s is 503 with an empty body', async (_, body, http) => {
      const ask = await withRules(mesh(), [http])
      const reply = await replyWith(ask, 503)
      expectOwn(reply)
      expect(reply.body).toBe(body)
      expect(reply.headers).toMatchObject({ 'content-length': '0', 'x-chosen': 'v' })
    })

    test('for a subset whose labels no Pod has is 503, no healthy upstream', async () => {
      const host = 'web.demo.svc.cluster.local'
      const subsets = [{ name: 'empty', labels: { version: 'none' } }]
      const path = `/apis/${GROUP}/v1/namespaces/istio-system/destinationrules`
      const name = newName()
      await mesh().admin.call('POST', path, {
        body: {
          apiVersion: `${GROUP}/v1`,
          kind: 'DestinationRule',
          metadata: { name, namespace: 'istio-system' },
          spec: { host, subsets },
        },
      })
      onTestFinished(async () => {
        await mesh().admin.call('DELETE', `${path}/${name}`)
        const ask = () => send(mesh())
        await replyWith(ask, 200)
      })
      const ask = await withRules(mesh(), [{ route: [to('empty', named('v'))] }])
      await expect.poll(async () => (await ask()).body).toBe('no healthy upstream')
      const reply = await replyWith(ask, 503)
      expectOwn(reply)
      expect(reply.headers).toMatchObject({ 'content-type': 'text/plain', 'x-chosen': 'v' })
    })

    test('for a version that has ended is 503, and names the connection that failed', async () => {
      const ask = await withRules(mesh(), [rule('v2')])
      await replyWith(ask, 200)
      onTestFinished(await mesh().web.kill('v2'))
      for (let asked = 0; asked < REPEATED; asked += 1) {
        const reply = await replyWith(ask, 503)
        expectOwn(reply)
        expect(reply.body).toMatch(/^upstream connect error or disconnect\/reset before headers\. /)
        expect(reply.headers).toMatchObject({ 'content-type': 'text/plain', 'x-chosen': 'v' })
      }
    })

    test('for a host that no VirtualService has is 404 with an empty body', async () => {
      const reply = await send(mesh(), { host: 'none.example.com' })
      expectOwn(reply)
      expect(reply).toMatchObject({ status: 404, body: '' })
    })

    test('for a path that no rule matches is 404 with an empty body', async () => {
      const match = [{ uri: { prefix: '/here' } }]
      const ask = await withRules(mesh(), [{ match, route: [to('v1')] }])
      await replyWith(ask, 200, { path: '/here' })
      const reply = await ask({ path: '/there' })
      expectOwn(reply)
      expect(reply).toMatchObject({ status: 404, body: '' })
    })

    test('for a fault has the headers of the destination that was chosen before', async () => {
      const abort = { httpStatus: 401, percentage: { value: 100 } }
      const route = [
        to('v1', { weight: 50, ...named('a') }),
        to('v2', { weight: 50, ...named('b') }),
      ]
      const ask = await withRules(mesh(), [{ fault: { abort }, route }])
      const chosen = new Set<unknown>()
      for (let asked = 0; asked < 40; asked += 1) {
        const reply = await replyWith(ask, 401)
        expectOwn(reply)
        expect(reply.body).toBe('fault filter abort')
        chosen.add(reply.headers['x-chosen'])
      }
      expect(chosen).toEqual(new Set(['a', 'b']))
    })
  })

  test('a reply of the application has the time that it took, and the same server', async () => {
    const ask = await withRules(mesh(), [rule('v1')])
    const { headers, body } = await replyWith(ask, 200)
    expect(headers).toMatchObject({ server: 'istio-envoy', 'x-chosen': 'v' })
    expect(headers['x-envoy-upstream-service-time']).toMatch(/^\d+$/)
    expect(mesh().web.versionOf(body)).toBe('v1')
  })
}
