import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { may, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { gatewayJson, HTTPS, listener, routeObject } from '../support/gateway-api.ts'
import { pod } from './support/pods.ts'
import { namesOf, proxiesOf } from './support/search.ts'

const GROUP = 'gateway.networking.k8s.io'
const LABELS = { [`${GROUP}/gateway-name`]: 'public' }
const SERVICE = 'istio-ingressgateway.istio-system.svc.cluster.local'

/** A cluster with a Gateway demo/public, by default without an address. */
async function clusterWith(addresses: JsonObject[] = []): Promise<Sandbox> {
  const sandbox = await sandboxWith({ gatewayApi: {} })
  const listeners = [listener({ hostname: '*.example.com' }), HTTPS]
  const json = gatewayJson(listeners, {
    spec: { gatewayClassName: 'other', listeners },
    status: { addresses },
  })
  sandbox.objects.create(json as KubeObject)
  return sandbox
}

function statusOf(controllerName: string): JsonObject {
  return { parents: [{ parentRef: { name: 'public' }, controllerName, conditions: [] }] }
}

/** A route that a controller has seen. */
function seenBy(controllerName = 'istio.io/gateway-controller') {
  return routeObject({
    spec: { hostnames: ['web.example.com'] },
    status: statusOf(controllerName),
  })
}

describe('the proxies of a rule of the Gateway API', () => {
  test('are the Pods with the name of its Gateway', async () => {
    const sandbox = await clusterWith()
    sandbox.objects.create(pod('public-1', { namespace: 'demo', labels: LABELS }))
    sandbox.objects.create(pod('other-1', { labels: LABELS }))
    const found = await proxiesOf(sandbox, seenBy())
    expect(found).toMatchObject({ how: 'the Pods of Gateway demo/public', notes: [] })
    expect(found.pods).toMatchObject([
      {
        name: 'public-1',
        role: 'gateway',
        arrivals: [
          {
            arrival: { gateway: 'demo/public', port: 80, section: 'http' },
            port: 80,
            hosts: ['web.example.com'],
            tls: 'none',
          },
          { arrival: { port: 443, section: 'https' }, port: 443, tls: 'terminate' },
        ],
      },
    ])
  })

  test('are the Pods behind the Service of its address, on the ports to which this leads', async () => {
    const sandbox = await clusterWith([{ type: 'Hostname', value: SERVICE }])
    sandbox.objects.patch(
      { group: '', resource: 'services', namespace: 'istio-system', name: 'istio-ingressgateway' },
      { spec: { ports: [{ name: 'http', port: 80, targetPort: 8090 }] } },
    )
    const found = await proxiesOf(sandbox, seenBy())
    expect(namesOf(found)).toEqual(['istio-system/istio-ingressgateway-0'])
    expect(found.how).toBe(
      'the Pods behind Service istio-system/istio-ingressgateway, which serves Gateway demo/public',
    )
    expect(found.pods[0]?.arrivals).toMatchObject([{ port: 8090 }, { port: 443 }])
  })

  test('include those behind the Service of the inputs', async () => {
    const sandbox = await clusterWith()
    sandbox.objects.create(pod('public-1', { namespace: 'demo', labels: LABELS }))
    const found = await proxiesOf(sandbox, seenBy(), {
      gatewayService: { namespace: 'istio-system', name: 'istio-ingressgateway' },
    })
    expect(namesOf(found)).toEqual(['demo/public-1', 'istio-system/istio-ingressgateway-0'])
    expect(found.how).toBe(
      'the Pods of Gateway demo/public and the Pods behind Service istio-system/istio-ingressgateway',
    )
  })

  test('are not known for controllers of others, and before any has seen the route', async () => {
    const sandbox = await clusterWith()
    sandbox.objects.create(pod('public-1', { namespace: 'demo', labels: LABELS }))
    const other = await proxiesOf(sandbox, seenBy('example.com/controller'))
    expect(other.pods).toEqual([])
    expect(other.unknown).toBe(
      'the controller of Gateway demo/public is example.com/controller, whose proxies cannot be read',
    )
    const none = await proxiesOf(sandbox, routeObject())
    expect(none.unknown).toBe('the controller of Gateway demo/public is not known')
  })

  test('are not known where Pods may not be listed, none runs, or the Gateway is missing', async () => {
    const sandbox = await clusterWith()
    sandbox.tokens.set('reader', userWith(may('get', GROUP, 'gateways')))
    const denied = await proxiesOf(sandbox, seenBy(), { token: 'reader' })
    expect(denied.unknown).toBe('listing the Pods of Gateway demo/public is not allowed')
    const none = await proxiesOf(sandbox, seenBy())
    expect(none.unknown).toBe('no Pod of Gateway demo/public runs')
    const missing = await proxiesOf(
      sandbox,
      routeObject({ spec: { parentRefs: [{ name: 'missing' }] } }),
    )
    expect(missing.unknown).toBe('Gateway demo/missing does not exist')
  })
})
