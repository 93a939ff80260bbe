import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { may, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { route, virtualService } from '../../routes/support/objects.ts'
import { routeObject } from '../support/gateway-api.ts'
import { pod } from './support/pods.ts'
import { namesOf, proxiesOf } from './support/search.ts'

const CLIENT = { namespace: 'demo', labels: { app: 'client' } }
const APP = { name: 'app', image: 'example' }
const SIDECAR = { name: 'istio-proxy', image: 'auto' }

/** A rule for the clients of Service demo/web, and of a gateway where one is given. */
function meshRule(gateways?: string[]) {
  return virtualService([], {
    spec: {
      hosts: ['web'],
      http: [{ route: [route('v1', 80, 'web'), route('v2', 20, 'web')] }],
      tcp: undefined as never,
      gateways: (gateways ?? undefined) as never,
    },
  })
}

function service(ports: number[], labels: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'demo', labels },
    spec: { selector: { app: 'web' }, ports: ports.map((port) => ({ name: `p${port}`, port })) },
  } as unknown as KubeObject
}

async function cluster(...objects: KubeObject[]) {
  const sandbox = await sandboxWith()
  for (const object of objects) sandbox.objects.create(object)
  return sandbox
}

const CLIENTS = [
  pod('client-1', { ...CLIENT, containers: [APP, SIDECAR] }),
  pod('client-2', { ...CLIENT, containers: [APP], initContainers: [SIDECAR] }),
]

describe('the proxies of a rule of the mesh', () => {
  test('are the sidecars of client-pods, native ones included, and Pods without one are named', async () => {
    const without = pod('client-3', { ...CLIENT, containers: [APP] })
    const sandbox = await cluster(...CLIENTS, without, service([8000]))
    const found = await proxiesOf(sandbox, meshRule(), { clientPods: CLIENT })
    expect(namesOf(found)).toEqual(['demo/client-1', 'demo/client-2'])
    expect(found).toMatchObject({
      how: 'the Pods of client-pods',
      notes: ['Pods that client-pods selects have no container istio-proxy: demo/client-3.'],
    })
    expect(found.pods[0]).toMatchObject({
      role: 'sidecar',
      arrivals: [
        {
          arrival: { gateway: 'mesh', port: 8000, pods: { labels: { app: 'client' } } },
          port: undefined,
          hosts: ['web.demo.svc.cluster.local'],
        },
      ],
    })
  })

  test('have a listener for each port of the Service', async () => {
    const sandbox = await cluster(...CLIENTS, service([80, 8000]))
    const found = await proxiesOf(sandbox, meshRule(), { clientPods: CLIENT })
    expect(found.pods[0]?.arrivals).toMatchObject([{ port: 80 }, { port: 8000 }])
  })

  test('are those of the waypoint that the Service or its namespace names', async () => {
    const waypoint = pod('waypoint-1', {
      namespace: 'demo',
      labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' },
    })
    const sandbox = await cluster(
      service([8000], { 'istio.io/use-waypoint': 'waypoint' }),
      waypoint,
    )
    const found = await proxiesOf(sandbox, meshRule())
    expect(namesOf(found)).toEqual(['demo/waypoint-1'])
    expect(found.how).toBe('the Pods of waypoint demo/waypoint')
    expect(found.pods[0]).toMatchObject({ role: 'waypoint', arrivals: [{ port: 8000 }] })
    const parentRefs = [{ group: '', kind: 'Service', name: 'web' }]
    const ofRoute = await proxiesOf(sandbox, routeObject({ spec: { parentRefs } }))
    expect(namesOf(ofRoute)).toEqual(['demo/waypoint-1'])
  })

  test('are not known where the waypoint has no Pod that runs, and it is noted where its label cannot be read', async () => {
    const sandbox = await cluster(service([8000], { 'istio.io/use-waypoint': 'waypoint' }))
    const none = await proxiesOf(sandbox, meshRule())
    expect(none.unknown).toBe('no Pod of waypoint demo/waypoint runs')
    const other = await cluster(service([8000]), ...CLIENTS)
    other.tokens.set('reader', userWith(may('get', '', 'services'), may('list', '', 'pods')))
    const found = await proxiesOf(other, meshRule(), { clientPods: CLIENT, token: 'reader' })
    expect(namesOf(found)).toEqual(['demo/client-1', 'demo/client-2'])
    expect(found.notes).toEqual([
      'Whether namespace demo has a waypoint is not known: it may not be read.',
    ])
  })

  test('are not known without client-pods, and where these may not be listed or have no sidecar', async () => {
    const sandbox = await cluster(service([8000]), pod('bare', { ...CLIENT, containers: [APP] }))
    const none = await proxiesOf(sandbox, meshRule())
    expect(none).toMatchObject({
      pods: [],
      unknown: 'the mesh has the rule, and client-pods does not say which Pods are its clients',
    })
    const bare = await proxiesOf(sandbox, meshRule(), { clientPods: CLIENT })
    expect(bare.unknown).toBe('no Pod that client-pods selects runs with a sidecar')
    sandbox.tokens.set('reader', userWith(may('get', '', 'services')))
    const denied = await proxiesOf(sandbox, meshRule(), { clientPods: CLIENT, token: 'reader' })
    expect(denied.unknown).toBe('listing the Pods of namespace demo is not allowed')
  })

  test('are noted where a gateway has the rule too, and client-pods is not set', async () => {
    const sandbox = await cluster(service([8000]))
    const object = virtualService([{ route: [route('v1', 80), route('v2', 20)] }], {
      spec: { gateways: ['mesh', 'tcp-echo-gateway'] },
    })
    const found = await proxiesOf(sandbox, object)
    expect(namesOf(found)).toEqual(['istio-system/istio-ingressgateway-0'])
    expect(found.notes).toEqual([
      'The proxies of the mesh are not read: the mesh has the rule, and client-pods does not say which Pods are its clients.',
    ])
  })
})
