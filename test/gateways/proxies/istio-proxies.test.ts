import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { may, NETWORKING, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { route, tcp, virtualService } from '../../routes/support/objects.ts'
import { GATEWAY_LABELS, pod } from './support/pods.ts'
import { type Asked, namesOf, proxiesOf } from './support/search.ts'

/** A rule of the sandbox's Gateway for connections. */
async function proxiesIn(sandbox: Sandbox, { spec, ...asked }: Asked & { spec?: JsonObject } = {}) {
  const match = [{ port: sandbox.gateway.port }]
  const object = virtualService([tcp([route('v1'), route('v2')], match)], { spec: { ...spec } })
  return proxiesOf(sandbox, object, asked)
}

const POD = {
  group: '',
  resource: 'pods',
  namespace: 'istio-system',
  name: 'istio-ingressgateway-0',
}
const FIRST = 'istio-system/istio-ingressgateway-0'

describe('the proxies of a rule at a gateway', () => {
  test('are the Pods that the Gateway selects', async () => {
    const sandbox = await sandboxWith()
    const found = await proxiesIn(sandbox)
    expect(found.unknown).toBeUndefined()
    expect(found.notes).toEqual([])
    expect(found.how).toBe(
      'the Pods that Gateway demo/tcp-echo-gateway selects or that are behind Service istio-system/istio-ingressgateway',
    )
    expect(found.pods).toMatchObject([
      {
        namespace: 'istio-system',
        name: 'istio-ingressgateway-0',
        role: 'gateway',
        isReady: true,
        isTerminating: false,
        arrivals: [
          {
            arrival: { gateway: 'demo/tcp-echo-gateway', port: sandbox.gateway.port },
            port: sandbox.gateway.port,
          },
        ],
      },
    ])
  })

  test('run, even if they terminate, and those that ended or have not begun do not count', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.create(pod('ending', { isTerminating: true }))
    sandbox.objects.create(pod('ended', { phase: 'Succeeded' }))
    sandbox.objects.create(pod('failed', { phase: 'Failed' }))
    sandbox.objects.create(pod('pending', { phase: 'Pending' }))
    const found = await proxiesIn(sandbox)
    expect(namesOf(found)).toEqual(['istio-system/ending', FIRST])
    expect(found.pods.find(({ name }) => name === 'ending')).toMatchObject({ isTerminating: true })
  })

  test('are in any namespace, and those that the Service does not select are named', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.create(
      pod('canary', { namespace: 'demo', labels: { istio: 'ingressgateway' } }),
    )
    const found = await proxiesIn(sandbox)
    expect(namesOf(found)).toEqual(['demo/canary', FIRST])
    expect(found.notes).toEqual([
      'Gateway demo/tcp-echo-gateway selects Pods that are not behind istio-system/istio-ingressgateway: demo/canary. They are read too.',
    ])
  })

  test('include those behind the Service of the inputs that the Gateway does not select', async () => {
    const sandbox = await sandboxWith()
    sandbox.objects.create(pod('other', { labels: { app: 'other' } }))
    sandbox.objects.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'other', namespace: 'istio-system' },
      spec: { selector: { app: 'other' }, ports: [{ port: 31400 }] },
    } as never)
    const found = await proxiesIn(sandbox, {
      gatewayService: { namespace: 'istio-system', name: 'other' },
    })
    expect(namesOf(found)).toEqual([FIRST, 'istio-system/other'])
    expect(found.notes).toEqual([
      'Gateway demo/tcp-echo-gateway selects Pods that are not behind istio-system/other: istio-system/istio-ingressgateway-0. They are read too.',
      'Pods behind istio-system/other are not selected by Gateway demo/tcp-echo-gateway: istio-system/other. They are read too.',
    ])
  })

  test('are those of some namespaces where not all may be listed, and that is said', async () => {
    const others = [may('list', '', 'services'), may('get', NETWORKING, 'gateways')]
    const pods = may('list', '', 'pods', { namespace: 'istio-system' })
    const sandbox = await sandboxWith()
    sandbox.tokens.set('limited', userWith(...others, pods))
    sandbox.tokens.set('none', userWith(...others))
    sandbox.objects.create(pod('canary', { namespace: 'demo', labels: GATEWAY_LABELS }))
    const found = await proxiesIn(sandbox, { token: 'limited' })
    expect(namesOf(found)).toEqual([FIRST])
    expect(found.notes).toEqual([
      'Pods may be listed only in istio-system, so proxies of Gateway demo/tcp-echo-gateway in other namespaces are not read.',
    ])
    const none = await proxiesIn(sandbox, { token: 'none' })
    expect(none).toMatchObject({
      pods: [],
      unknown: 'listing the Pods of Gateway demo/tcp-echo-gateway is not allowed',
    })
  })

  test('are not known where the Gateway is missing or may not be read, or no Pod runs', async () => {
    const sandbox = await sandboxWith()
    sandbox.tokens.set('none', userWith())
    const missing = await proxiesIn(sandbox, { spec: { gateways: ['missing'] } })
    expect(missing.unknown).toBe('Gateway demo/missing does not exist')
    const denied = await proxiesIn(sandbox, { token: 'none' })
    expect(denied.unknown).toBe('reading Gateway demo/tcp-echo-gateway is not allowed')
    sandbox.objects.delete(POD)
    const none = await proxiesIn(sandbox)
    expect(none.unknown).toBe('no Pod of Gateway demo/tcp-echo-gateway runs')
  })
})
