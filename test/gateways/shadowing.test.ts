import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../sandbox/options.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { findGatewayAddress } from '../../src/gateways/gateway-address.ts'
import { type FoundGateway, NOTHING_FOUND } from '../../src/gateways/gateway-search.ts'
import { findShadowing } from '../../src/gateways/shadowing.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { readVirtualService } from '../../src/routes/istio/read-virtual-service.ts'
import { tcpRules } from '../../src/routes/istio/tcp-rules.ts'
import { apiOf, may, NETWORKING, NEVER, sandboxWith, userWith } from '../kube/support/cluster.ts'
import { route, tcp } from '../routes/support/objects.ts'

const OLDER = '2026-01-01T00:00:00Z'
const OURS = '2026-01-02T00:00:00Z'
const NEWER = '2026-01-03T00:00:00Z'

/** A sandbox whose tutorial's objects were made at a moment, and others at others. */
async function meshOf(others: { at: string; object: JsonObject }[], options: SandboxOptions = {}) {
  let now = new Date(OURS)
  const sandbox = await sandboxWith({ ...options, now: () => now })
  for (const { at, object } of others) {
    now = new Date(at)
    sandbox.objects.create(object as Parameters<typeof sandbox.objects.create>[0])
  }
  return sandbox
}

function other(name: string, namespace: string, rule: JsonObject, gateways: string[]): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace },
    spec: { hosts: ['*'], gateways, tcp: [rule] },
  }
}

/** What shadows one of our entries; `found`: what is known of the gateway, by default all that the cluster shows. */
async function shadowing(sandbox: Sandbox, index = 0, known?: FoundGateway): Promise<string[]> {
  const api = apiOf(sandbox.kubeconfig)
  const found = await readVirtualService(api, 'demo', 'tcp-echo', NEVER)
  if (!found.ok) throw new Error(found.finding.what)
  const rule = tcpRules(found.object)[index]
  if (rule === undefined) throw new Error('no entry')
  const search = { api, istioVersion: 'v1', object: found.object, rule }
  const more = { workloads: api, routePort: undefined, gatewayService: undefined }
  const locating = known
    ? Promise.resolve(known)
    : findGatewayAddress({ ...search, ...more }, NEVER)
  const findings = await findShadowing({ ...search, locating }, NEVER)
  return findings.map(({ severity, what, remedy }) => `${severity}: ${what}\n${remedy}`)
}

function refOf(resource: string) {
  return { group: NETWORKING, resource, namespace: 'demo' }
}

const SAME = tcp([route('v1')])
const GATEWAY = ['demo/tcp-echo-gateway']

describe('an older VirtualService', () => {
  test('that takes the same gateway port first is an error that names it', async () => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([
      "error: VirtualService default/old is older and takes the same gateway port first: weights of demo/tcp-echo would have no effect on port 31400 of Gateway demo/tcp-echo-gateway\nLook at it:\n  kubectl --context 'sandbox' --namespace 'default' get virtualservice 'old' --output yaml",
    ])
  })

  test.each([
    ['for every port', tcp([route('v1')], null), GATEWAY],
    [
      'that names the gateway in its match too',
      tcp([route('v1')], [{ port: 31400, gateways: GATEWAY }]),
      ['mesh', ...GATEWAY],
    ],
    [
      'for other clients: a gateway does not look at them',
      tcp([route('v1')], [{ port: 31400, sourceLabels: { a: 'b' } }]),
      GATEWAY,
    ],
  ])('%s takes it too', async (_, rule, gateways) => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', rule, gateways) }])
    expect(await shadowing(sandbox)).toHaveLength(1)
  })

  test.each([
    ['on another port', tcp([route('v1')], [{ port: 31401 }]), GATEWAY],
    ['at another gateway of the same name', SAME, ['tcp-echo-gateway']],
    ['for sidecars', SAME, ['mesh']],
    [
      'that names the gateway only in its match, which binds it to none',
      tcp([route('v1')], [{ port: 31400, gateways: GATEWAY }]),
      [],
    ],
    [
      'that has the port and the gateway, but not together',
      tcp(
        [route('v1')],
        [
          { port: 31400, gateways: ['other'] },
          { port: 1, gateways: GATEWAY },
        ],
      ),
      ['other'],
    ],
  ])('%s takes nothing away', async (_, rule, gateways) => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', rule, gateways) }])
    expect(await shadowing(sandbox)).toEqual([])
  })
})

test('clients in the match of an older VirtualService are said to be ignored', async () => {
  const rule = tcp([route('v1')], [{ port: 31400, sourceSubnet: '10.0.0.0/8' }])
  const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', rule, GATEWAY) }])
  expect(await shadowing(sandbox)).toEqual([
    expect.stringContaining('first (gateways ignore sourceSubnet in its match): weights of'),
  ])
})

describe('a VirtualService that the gateway goes by', () => {
  const limited = (exportTo: string[], object = other('old', 'default', SAME, GATEWAY)) => ({
    ...object,
    spec: { ...(object.spec as JsonObject), exportTo },
  })
  const GATEWAY_REF = { ...refOf('gateways'), name: 'tcp-echo-gateway' }

  test.each([['.'], ['~'], ['demo']])('is not one with exportTo %s', async (exportTo) => {
    const sandbox = await meshOf([{ at: OLDER, object: limited([exportTo]) }])
    expect(await shadowing(sandbox)).toEqual([])
  })

  test("is a younger one that names the gateway's namespace, and is said to be", async () => {
    const sandbox = await meshOf([{ at: NEWER, object: limited(['istio-system']) }])
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(
        /^error: VirtualService default\/old comes first, since its exportTo names the gateway's namespace, and takes the same/,
      ),
    ])
  })

  test('is one whose namespace the Gateway admits', async () => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
    const admitting = (...hosts: string[]) =>
      sandbox.objects.patch(GATEWAY_REF, {
        spec: { servers: [{ port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts }] },
      })
    admitting('demo/*')
    expect(await shadowing(sandbox)).toEqual([])
    admitting('demo/*', 'default/*.example.com')
    expect(await shadowing(sandbox)).toHaveLength(1)
  })

  test('may be one for a revision of Istio, and is none for another revision than ours', async () => {
    const object = other('old', 'default', SAME, GATEWAY)
    const metadata = { ...(object.metadata as JsonObject), labels: { 'istio.io/rev': 'canary' } }
    const sandbox = await meshOf([{ at: OLDER, object: { ...object, metadata } }])
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(/^warning: VirtualService default\/old may take port 31400 of Gateway/),
    ])
    const own = { ...refOf('virtualservices'), name: 'tcp-echo' }
    sandbox.objects.patch(own, { metadata: { labels: { 'istio.io/rev': 'stable' } } })
    expect(await shadowing(sandbox)).toEqual([])
    sandbox.objects.patch(own, { metadata: { labels: { 'istio.io/rev': 'canary' } } })
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(/^error: VirtualService default\/old/),
    ])
  })

  test('is ours only where the gateway sees it', async () => {
    const sandbox = await meshOf([])
    sandbox.objects.patch(
      { ...refOf('virtualservices'), name: 'tcp-echo' },
      {
        spec: { exportTo: ['.'] },
      },
    )
    expect(await shadowing(sandbox)).toEqual([
      "error: demo/tcp-echo has exportTo ., and the gateway's Pods are in namespace istio-system: its weights would have no effect there\nAdd the gateway's namespace to exportTo: istio-system.",
    ])
  })

  test('is a warning where it takes only a port that the run does not connect to', async () => {
    const second = tcp([route('v1')], [{ port: 31401 }])
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', second, GATEWAY) }])
    const server = (number: number) => ({
      port: { number, name: `tcp-${number}`, protocol: 'TCP' },
      hosts: ['*'],
    })
    sandbox.objects.patch(GATEWAY_REF, { spec: { servers: [server(31400), server(31401)] } })
    sandbox.objects.patch(
      { ...refOf('virtualservices'), name: 'tcp-echo' },
      {
        spec: { tcp: [tcp([route('v1')], null)] },
      },
    )
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(
        /^warning: VirtualService default\/old is older and .* on port 31401 of/,
      ),
    ])
  })

  describe('cannot always be told with an endpoint', () => {
    test('but can where it is older and for all', async () => {
      const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
      expect(await shadowing(sandbox, 0, NOTHING_FOUND)).toEqual([
        expect.stringMatching(/^error: VirtualService default\/old is older/),
      ])
    })

    test("since it depends on the namespace of the gateway's Pods, which is a warning", async () => {
      const sandbox = await meshOf([{ at: OLDER, object: limited(['.']) }])
      expect(await shadowing(sandbox, 0, NOTHING_FOUND)).toEqual([
        expect.stringMatching(
          /^warning: VirtualService default\/old may take port 31400 of Gateway/,
        ),
      ])
    })

    test('since it depends on a Gateway that may not be read, which is a warning', async () => {
      const tokens = {
        t: userWith(
          may('get', NETWORKING, 'virtualservices'),
          may('list', NETWORKING, 'virtualservices'),
        ),
      }
      const older = { at: OLDER, object: other('old', 'default', SAME, GATEWAY) }
      const sandbox = await meshOf([older], { tokens })
      expect(await shadowing(sandbox, 0, NOTHING_FOUND)).toEqual([
        expect.stringMatching(
          /^warning: not checked: whether a server of another Gateway takes the same port first; listing gateways of/,
        ),
        expect.stringMatching(
          /^warning: VirtualService default\/old may take port 31400 of Gateway/,
        ),
      ])
    })
  })

  test('is none where an older Gateway has the port for the same Pods', async () => {
    const sandbox = await meshOf([
      {
        at: OLDER,
        object: {
          apiVersion: 'networking.istio.io/v1',
          kind: 'Gateway',
          metadata: { name: 'first', namespace: 'default' },
          spec: {
            selector: { app: 'istio-ingressgateway' },
            servers: [{ port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }],
          },
        },
      },
    ])
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(
        /^error: Port 31400 of Gateway demo\/tcp-echo-gateway is not served: Port 31400 of Gateway default\/first is for the same Pods and has that port first/,
      ),
    ])
  })

  test('is an error that names two servers, not two Gateways, where its own Gateway has the port twice', async () => {
    const sandbox = await meshOf([])
    const port = { number: 31400, name: 'tcp', protocol: 'TCP' }
    const servers = [
      { port, hosts: ['elsewhere/*'] },
      { port: { ...port, name: 'second' }, hosts: ['*'] },
    ]
    sandbox.objects.patch({ ...refOf('gateways'), name: 'tcp-echo-gateway' }, { spec: { servers } })
    const [said] = await shadowing(sandbox)
    expect(said).toContain('is not served: another server of this Gateway has that port first')
    expect(said).toContain('Give one of the two servers of the Gateway another port')
  })
})

describe('a VirtualService for the same gateway port', () => {
  test('that is newer takes nothing away', async () => {
    const sandbox = await meshOf([{ at: NEWER, object: other('new', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([])
  })

  test.each([
    ['a-first', 'istio-system', 1],
    ['tcp-echo', 'default', 1],
    ['tcp-echo', 'istio-system', 0],
    ['z-last', 'default', 0],
  ])(
    'as old as ours is before it by its name, then its namespace: %s in %s',
    async (name, namespace, count) => {
      // Ours is in demo, which is between the two.
      const sandbox = await meshOf([{ at: OURS, object: other(name, namespace, SAME, GATEWAY) }])
      expect(await shadowing(sandbox)).toHaveLength(count)
    },
  )
})

test('without the right to look at all namespaces the check is skipped, and the rules named', async () => {
  const mine = { namespace: 'demo' }
  const tokens = {
    t: userWith(
      may('get', NETWORKING, 'virtualservices', mine),
      may('get', NETWORKING, 'gateways', mine),
      may('list', '', 'services', { namespace: 'istio-system' }),
    ),
  }
  const sandbox = await meshOf([], { tokens })
  expect(await shadowing(sandbox)).toEqual([
    'warning: not checked: whether an older VirtualService takes the same gateway port first; listing virtualservices and gateways of all namespaces is not allowed\nGrant it in a ClusterRole:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices", "gateways"], verbs: ["list"]}',
  ])
})
