import { describe, expect, test } from 'vitest'
import { type JsonObject, listAt, textAt } from '../../../sandbox/objects/json.ts'
import { patch } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { conditionOf, GROUP, leads, lend, newHost, observed, parent, pathTo, to } from './mesh.ts'

export function testStatus(mesh: () => Mesh): void {
  const route = (more: JsonObject): JsonObject => ({
    parentRefs: [parent('http')],
    hostnames: [newHost()],
    rules: [leads('v1')],
    ...more,
  })
  const seen = async (spec: JsonObject, kind: 'HTTPRoute' | 'TCPRoute' = 'HTTPRoute') => {
    const { path } = await lend(mesh(), kind, spec)
    const object = await observed(mesh(), path)
    return {
      accepted: conditionOf(object, 'Accepted'),
      resolved: conditionOf(object, 'ResolvedRefs'),
    }
  }

  describe('the status of a route', () => {
    test('says that it is accepted, and for which generation', async () => {
      const { path } = await lend(mesh(), 'HTTPRoute', route({}))
      const first = await observed(mesh(), path)
      expect(conditionOf(first, 'Accepted')).toEqual({
        status: 'True',
        reason: 'Accepted',
        message: 'Route was valid',
        observedGeneration: 1,
      })
      expect(conditionOf(first, 'ResolvedRefs')).toEqual({
        status: 'True',
        reason: 'ResolvedRefs',
        message: 'All references resolved',
        observedGeneration: 1,
      })
      await patch(mesh().admin, path, [
        { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 7 },
      ])
      const second = await observed(mesh(), path)
      expect(conditionOf(second, 'Accepted')?.observedGeneration).toBe(2)
      expect(listAt(second, 'status', 'parents')).toMatchObject([
        { parentRef: { group: GROUP, kind: 'Gateway', name: 'gateway-api', sectionName: 'http' } },
      ])
    })

    test.each<[string, JsonObject, string, string]>([
      [
        'a missing Service',
        { name: 'missing', port: 80 },
        'BackendNotFound',
        'backend(missing.demo.svc.cluster.local) not found',
      ],
      [
        'a backend that is no Service',
        { group: 'example.com', kind: 'Bucket', name: 'files' },
        'InvalidKind',
        'referencing unsupported backendRef: group "example.com" kind "Bucket"',
      ],
      [
        'a Service of another namespace without a ReferenceGrant',
        { name: 'istio-ingressgateway', namespace: 'istio-system', port: 80 },
        'RefNotPermitted',
        'backendRef istio-ingressgateway/istio-system not accessible to a HTTPRoute in namespace "demo" (missing a ReferenceGrant?)',
      ],
    ])('says what is wrong with %s, and accepts the route', async (_, backend, reason, message) => {
      const rules = [{ backendRefs: [to('v1'), backend] }]
      const { accepted, resolved } = await seen(route({ rules }))
      expect(accepted).toMatchObject({ status: 'True', reason: 'Accepted' })
      expect(resolved).toMatchObject({ status: 'False', reason, message })
    })

    test('has nothing against a Service of another namespace that a ReferenceGrant allows', async () => {
      await lend(
        mesh(),
        'ReferenceGrant',
        {
          from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'demo' }],
          to: [{ group: '', kind: 'Service', name: 'istio-ingressgateway' }],
        },
        'istio-system',
      )
      const backend = { name: 'istio-ingressgateway', namespace: 'istio-system', port: 80 }
      const rules = [{ backendRefs: [backend] }]
      const { path } = await lend(mesh(), 'HTTPRoute', route({ rules }))
      const status = async () => conditionOf(await observed(mesh(), path), 'ResolvedRefs')?.status
      // The controller watches grants and routes apart, and may see the route first.
      while ((await status()) !== 'True');
    })

    test.each<[string, JsonObject, string, string]>([
      [
        'has a listener of that name',
        { parentRefs: [parent('none')] },
        'NoMatchingParent',
        'sectionName "none" not found',
      ],
      [
        'has a listener on that port',
        { parentRefs: [parent('http', { port: 1 })] },
        'NoMatchingParent',
        'port 1 not found',
      ],
      [
        'admits that kind of route',
        { parentRefs: [parent('tcp')] },
        'NotAllowedByListeners',
        'kind gateway.networking.k8s.io/v1/HTTPRoute is not allowed',
      ],
    ])('says that no listener %s', async (_, more, reason, message) => {
      const { accepted } = await seen(route(more))
      expect(accepted).toMatchObject({
        status: 'False',
        reason,
        message: expect.stringContaining(message),
      })
    })

    test.each<[string, string, object]>([
      ['accepts', 'web', { status: 'True', reason: 'Accepted', message: 'Route was valid' }],
      [
        'misses',
        'none',
        {
          status: 'False',
          reason: 'NoMatchingParent',
          message: 'parent service: "none" not found',
        },
      ],
    ])('%s a Service as a parent (%s), for the requests of the mesh', async (_, name, expected) => {
      const parentRefs = [{ group: '', kind: 'Service', name, port: 80 }]
      const { accepted } = await seen({ parentRefs, rules: [leads('v1')] })
      expect(accepted).toMatchObject(expected)
    })

    test('has no entry for a Gateway that is missing', async () => {
      const { path } = await lend(
        mesh(),
        'HTTPRoute',
        route({ parentRefs: [{ name: 'none' }, parent('http')] }),
      )
      const object = await observed(mesh(), path)
      expect(
        listAt(object, 'status', 'parents').map((one) => textAt(one, 'parentRef', 'name')),
      ).toEqual(['gateway-api'])
    })
  })

  describe('the status of a Gateway', () => {
    test('has the address of its Service and what its listeners admit', async () => {
      const { body } = await mesh().admin.call(
        'GET',
        pathTo('Gateway', 'gateway-api', 'istio-system'),
      )
      expect(conditionOf(body, 'Accepted')).toMatchObject({ status: 'True', reason: 'Accepted' })
      expect(conditionOf(body, 'Programmed')).toMatchObject({
        status: 'True',
        reason: 'Programmed',
      })
      expect(listAt(body, 'status', 'addresses')).toEqual([
        { type: 'IPAddress', value: mesh().gateway.host },
      ])
      const kinds = listAt(body, 'status', 'listeners').map((one) => [
        textAt(one, 'name'),
        listAt(one, 'supportedKinds').map((kind) => textAt(kind, 'kind')),
      ])
      expect(kinds).toEqual([
        ['http', ['HTTPRoute', 'GRPCRoute']],
        ['https', ['HTTPRoute', 'GRPCRoute']],
        ['tls', ['TLSRoute']],
        ['tcp', ['TCPRoute']],
      ])
    })

    test('says that a Service of another namespace cannot be its address', async () => {
      const { path } = await lend(mesh(), 'Gateway', {
        gatewayClassName: 'istio',
        addresses: [
          { type: 'Hostname', value: 'istio-ingressgateway.istio-system.svc.cluster.local' },
        ],
        listeners: [{ name: 'http', port: mesh().listeners.spare, protocol: 'HTTP' }],
      })
      const object = await observed(mesh(), path)
      expect(conditionOf(object, 'Programmed')).toMatchObject({
        status: 'False',
        reason: 'AddressNotUsable',
        message: expect.stringContaining(
          'not found in namespace "demo", but it was found in namespace(s) "istio-system"',
        ),
      })
      expect(listAt(object, 'status', 'addresses')).toEqual([])
    })

    test('waits for a controller where its class has none', async () => {
      const { body } = await lend(mesh(), 'Gateway', {
        gatewayClassName: 'none',
        listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
      })
      expect(conditionOf(body, 'Accepted')).toMatchObject({
        status: 'Unknown',
        reason: 'Pending',
        message: 'Waiting for controller',
      })
    })
  })
}
