import { describe, expect, test } from 'vitest'
import { type JsonObject, listAt, numberAt, textAt } from '../../../sandbox/objects/json.ts'
import { askHttp } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { eventually } from '../http/mesh.ts'
import { conditionOf, leads, lend, newHost, observed } from './mesh.ts'

const ALL = { namespaces: { from: 'All' } }

export function testListeners(mesh: () => Mesh): void {
  const lendGateway = (...listeners: readonly JsonObject[]) =>
    lend(
      mesh(),
      'Gateway',
      {
        gatewayClassName: 'istio',
        addresses: [
          { type: 'Hostname', value: 'istio-ingressgateway.istio-system.svc.cluster.local' },
        ],
        listeners: listeners.map((one) => ({
          protocol: 'HTTP',
          port: mesh().listeners.third,
          allowedRoutes: ALL,
          ...one,
        })),
      },
      'istio-system',
    )
  const lendRoute = (name: string, more: JsonObject, version = 'v1', parentMore: JsonObject = {}) =>
    lend(mesh(), 'HTTPRoute', {
      parentRefs: [{ name, namespace: 'istio-system', ...parentMore }],
      rules: [leads(version)],
      ...more,
    })
  const served = async (host: string) => {
    const at = { host: mesh().gateway.host, port: mesh().listeners.third }
    const { status, body } = await askHttp(at, { host })
    return status === 200 ? mesh().web.versionOf(body) : status
  }
  const becomes = (host: string, expected: string | number) =>
    eventually(async () => (await served(host)) === expected)
  const accepted = async (path: string) => conditionOf(await observed(mesh(), path), 'Accepted')

  describe('a listener', () => {
    test('serves the hosts that it shares with a route', async () => {
      const host = newHost()
      const { name } = await lendGateway({ name: 'one', hostname: `a.${host}` })
      await lendRoute(name, { hostnames: [`*.${host}`] })
      await becomes(`a.${host}`, 'v1')
      expect(await served(`b.${host}`)).toBe(404)
    })

    test('has no requests of a host that another listener on the port has as its own', async () => {
      const host = newHost()
      const { name } = await lendGateway(
        { name: 'wide', hostname: `*.${host}` },
        { name: 'narrow', hostname: `a.${host}` },
      )
      const hostnames = [`a.${host}`, `b.${host}`]
      await lendRoute(name, { hostnames }, 'v1', { sectionName: 'wide' })
      await becomes(`b.${host}`, 'v1')
      expect(await served(`a.${host}`)).toBe(404)
      await lendRoute(name, {}, 'v2', { sectionName: 'narrow' })
      await becomes(`a.${host}`, 'v2')
      expect(await served(`b.${host}`)).toBe('v1')
    })

    test('takes a route that names no listener, as others do', async () => {
      const [one, other] = [newHost(), newHost()]
      const { name, path } = await lendGateway(
        { name: 'one', hostname: one },
        { name: 'other', hostname: other },
      )
      const route = await lendRoute(name, {})
      expect(await accepted(route.path)).toMatchObject({
        status: 'True',
        message: 'Route was valid, bound to 2 parents',
      })
      await becomes(one, 'v1')
      await becomes(other, 'v1')
      await eventually(async () => {
        const { body } = await mesh().admin.call('GET', path)
        const counts = listAt(body, 'status', 'listeners')
        return counts.every((listener) => numberAt(listener, 'attachedRoutes') === 1)
      }, 1)
    })

    test('takes no route of another namespace unless it says so', async () => {
      const host = newHost()
      const { name } = await lendGateway({
        name: 'one',
        allowedRoutes: { namespaces: { from: 'Same' } },
      })
      const { path } = await lendRoute(name, { hostnames: [host] })
      expect(await accepted(path)).toMatchObject({
        status: 'False',
        reason: 'NotAllowedByListeners',
        message:
          'hostnames matched parent hostname "", but namespace "demo" is not allowed by the parent',
      })
    })

    test('takes the routes of namespaces that its selector selects', async () => {
      const host = newHost()
      const matchLabels = { 'kubernetes.io/metadata.name': 'demo' }
      const namespaces = { from: 'Selector', selector: { matchLabels } }
      const { name } = await lendGateway({ name: 'one', allowedRoutes: { namespaces } })
      const { path } = await lendRoute(name, { hostnames: [host] })
      expect(await accepted(path)).toMatchObject({ status: 'True' })
      await becomes(host, 'v1')
    })

    test('takes no route without a host of its own', async () => {
      const { name } = await lendGateway({ name: 'one', hostname: 'none.example.org' })
      const { path } = await lendRoute(name, { hostnames: [newHost()] })
      expect(await accepted(path)).toMatchObject({
        status: 'False',
        reason: 'NoMatchingListenerHostname',
        message: 'no hostnames matched parent hostname "none.example.org"',
      })
    })

    test('is not programmed without its certificate, nor is its Gateway accepted without another one', async () => {
      const { path } = await lendGateway({
        name: 'one',
        protocol: 'HTTPS',
        tls: { certificateRefs: [{ name: 'missing' }] },
      })
      const object = await observed(mesh(), path)
      expect(conditionOf(object, 'Accepted')).toMatchObject({
        status: 'False',
        reason: 'ListenersNotValid',
        message: "None of the Gateway's listeners are valid",
      })
      const conditions = listAt(object, 'status', 'listeners', 0, 'conditions')
      const of = (type: string) => conditions.find((one) => textAt(one, 'type') === type)
      expect(of('Programmed')).toMatchObject({
        status: 'False',
        reason: 'Invalid',
        message: 'Bad TLS configuration',
      })
      expect(of('ResolvedRefs')).toMatchObject({ status: 'False', reason: 'InvalidCertificateRef' })
      expect(of('Conflicted')).toMatchObject({ status: 'False', reason: 'NoConflicts' })
    })

    test('is not served where the Service of the Gateway lacks its port, which the Gateway says', async () => {
      const { path } = await lendGateway({ name: 'one', port: 31_499 })
      const object = await observed(mesh(), path)
      expect(conditionOf(object, 'Programmed')).toMatchObject({
        status: 'False',
        reason: 'AddressNotUsable',
        message: expect.stringContaining('port 31499 not found for hostname'),
      })
    })
  })
}
