import { describe, expect, test } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { type FoundGateway, NOTHING_FOUND } from '../../../src/gateways/gateway-search.ts'
import { findGatewayAddress } from '../../../src/gateways/istio/gateway-address.ts'
import { findShadowing } from '../../../src/gateways/istio/shadowing/shadowing.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { tcpRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import { readRouteObject } from '../../../src/routes/object/read-route-object.ts'
import { apiOf, may, NETWORKING, NEVER, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { route, tcp } from '../../routes/support/objects.ts'

const OLDER = '2026-01-01T00:00:00Z'
const OURS = '2026-01-02T00:00:00Z'
const NEWER = '2026-01-03T00:00:00Z'

/** A sandbox in which the tutorial's objects were created at one time, and others at other times. */
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

/** What shadows a rule. `known` is what is known of the gateway, by default all that the cluster shows. */
async function shadowing(sandbox: Sandbox, index = 0, known?: FoundGateway): Promise<string[]> {
  const api = apiOf(sandbox.kubeconfig)
  const found = await readRouteObject(
    api,
    { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' },
    NEVER,
  )
  if (!found.ok) throw new Error(found.problems[0]?.what)
  const rule = tcpRules(found.value.object)[index]
  if (rule === undefined) throw new Error('there is no such rule')
  const search = { api, apiVersion: 'v1', object: found.value.object, rule }
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
  test('that gets the connections of the gateway port is an error that names it', async () => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([
      "error: The weights of demo/tcp-echo would have no effect on port 31400 of Gateway demo/tcp-echo-gateway. VirtualService default/old is older and gets the connections of that port.\nCheck whether it is still needed there:\n  kubectl --context 'sandbox' --namespace 'default' get virtualservice 'old' --output yaml",
    ])
  })

  test('is named together with another one that would come next', async () => {
    const sandbox = await meshOf([
      { at: OLDER, object: other('old', 'default', SAME, GATEWAY) },
      { at: '2026-01-01T12:00:00Z', object: other('next', 'istio-system', SAME, GATEWAY) },
    ])
    const [text = ''] = await shadowing(sandbox)
    expect(text).toMatch(
      /VirtualService default\/old is older and .*\. Without it, istio-system\/next would come before demo\/tcp-echo too\.\n/,
    )
    expect(text).toContain("get virtualservice 'old'")
    expect(text).toContain("get virtualservice 'next'")
  })

  test.each([
    ['for every port', tcp([route('v1')], null), GATEWAY],
    [
      'that names the gateway in its match too',
      tcp([route('v1')], [{ port: 31400, gateways: GATEWAY }]),
      ['mesh', ...GATEWAY],
    ],
    [
      'for other clients, which a gateway ignores',
      tcp([route('v1')], [{ port: 31400, sourceLabels: { a: 'b' } }]),
      GATEWAY,
    ],
  ])('%s gets them too', async (_, rule, gateways) => {
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
  ])('%s does not get them', async (_, rule, gateways) => {
    const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', rule, gateways) }])
    expect(await shadowing(sandbox)).toEqual([])
  })
})

test('the message says that a gateway ignores the clients in the match of an older VirtualService', async () => {
  const rule = tcp([route('v1')], [{ port: 31400, sourceSubnet: '10.0.0.0/8' }])
  const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', rule, GATEWAY) }])
  expect(await shadowing(sandbox)).toEqual([
    expect.stringContaining(
      'gets the connections of that port (gateways ignore sourceSubnet in its match).',
    ),
  ])
})

describe('the VirtualService that a gateway uses', () => {
  const limited = (exportTo: string[], object = other('old', 'default', SAME, GATEWAY)) => ({
    ...object,
    spec: { ...(object.spec as JsonObject), exportTo },
  })
  const GATEWAY_REF = { ...refOf('gateways'), name: 'tcp-echo-gateway' }

  test.each([['.'], ['~'], ['demo']])('is not an older one with exportTo %s', async (exportTo) => {
    const sandbox = await meshOf([{ at: OLDER, object: limited([exportTo]) }])
    expect(await shadowing(sandbox)).toEqual([])
  })

  test("is a younger one that names the gateway's namespace, and the message says so", async () => {
    const sandbox = await meshOf([{ at: NEWER, object: limited(['istio-system']) }])
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(
        /^error: .* VirtualService default\/old comes first, because its exportTo names the gateway's namespace, and gets the connections/,
      ),
    ])
  })

  test('must be in a namespace that the Gateway admits', async () => {
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

  test('may be one for a revision of Istio, but not for another revision than that of the route object', async () => {
    const object = other('old', 'default', SAME, GATEWAY)
    const metadata = { ...(object.metadata as JsonObject), labels: { 'istio.io/rev': 'canary' } }
    const sandbox = await meshOf([{ at: OLDER, object: { ...object, metadata } }])
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(
        /^warning: VirtualService default\/old may get the connections of port 31400 of Gateway/,
      ),
    ])
    const own = { ...refOf('virtualservices'), name: 'tcp-echo' }
    sandbox.objects.patch(own, { metadata: { labels: { 'istio.io/rev': 'stable' } } })
    expect(await shadowing(sandbox)).toEqual([])
    sandbox.objects.patch(own, { metadata: { labels: { 'istio.io/rev': 'canary' } } })
    expect(await shadowing(sandbox)).toEqual([
      expect.stringMatching(/^error: .* VirtualService default\/old/),
    ])
  })

  test('is the route object only if the gateway sees it', async () => {
    const sandbox = await meshOf([])
    sandbox.objects.patch(
      { ...refOf('virtualservices'), name: 'tcp-echo' },
      {
        spec: { exportTo: ['.'] },
      },
    )
    expect(await shadowing(sandbox)).toEqual([
      "error: The weights of demo/tcp-echo would have no effect. It has exportTo ., and the gateway's Pods are in namespace istio-system.\nAdd the gateway's namespace to exportTo: istio-system.",
    ])
  })

  test('is only a warning if it has a port that the run does not connect to', async () => {
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
        /^warning: .* on port 31401 of .* VirtualService default\/old is older/,
      ),
    ])
  })

  describe('is not always known with an endpoint', () => {
    test('but is known if it is older and exported to all namespaces', async () => {
      const sandbox = await meshOf([{ at: OLDER, object: other('old', 'default', SAME, GATEWAY) }])
      expect(await shadowing(sandbox, 0, NOTHING_FOUND)).toEqual([
        expect.stringMatching(/^error: .* VirtualService default\/old is older/),
      ])
    })

    test("because it depends on the namespace of the gateway's Pods, which is a warning", async () => {
      const sandbox = await meshOf([{ at: OLDER, object: limited(['.']) }])
      expect(await shadowing(sandbox, 0, NOTHING_FOUND)).toEqual([
        expect.stringMatching(
          /^warning: VirtualService default\/old may get the connections of port 31400 of Gateway/,
        ),
      ])
    })

    test('because it depends on a Gateway that may not be read, which is a warning', async () => {
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
          /^warning: Whether a server of another Gateway has the same port was not checked, because listing gateways of/,
        ),
        expect.stringMatching(
          /^warning: VirtualService default\/old may get the connections of port 31400 of Gateway/,
        ),
      ])
    })
  })

  test('does not exist if an older Gateway has the port for the same Pods', async () => {
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
        /^error: .* Istio does not serve port 31400 of Gateway demo\/tcp-echo-gateway, because Gateway default\/first, which selects the same Pods and is older, has that port\./,
      ),
    ])
  })

  test('does not exist if its own Gateway has the port twice, and the message names two servers instead of two Gateways', async () => {
    const sandbox = await meshOf([])
    const port = { number: 31400, name: 'tcp', protocol: 'TCP' }
    const servers = [
      { port, hosts: ['elsewhere/*'] },
      { port: { ...port, name: 'second' }, hosts: ['*'] },
    ]
    sandbox.objects.patch({ ...refOf('gateways'), name: 'tcp-echo-gateway' }, { spec: { servers } })
    const [said] = await shadowing(sandbox)
    expect(said).toContain('because another server of this Gateway has that port.')
    expect(said).toContain('Use another port for one of the two servers')
  })
})

describe('a VirtualService for the same gateway port', () => {
  test('does not get the connections if it is newer', async () => {
    const sandbox = await meshOf([{ at: NEWER, object: other('new', 'default', SAME, GATEWAY) }])
    expect(await shadowing(sandbox)).toEqual([])
  })

  test.each([
    ['a-first', 'istio-system', 1],
    ['tcp-echo', 'default', 1],
    ['tcp-echo', 'istio-system', 0],
    ['z-last', 'default', 0],
  ])(
    'comes first at the same age by its name, then its namespace: %s in %s',
    async (name, namespace, count) => {
      // The route object is in demo, which is between the two.
      const sandbox = await meshOf([{ at: OURS, object: other(name, namespace, SAME, GATEWAY) }])
      expect(await shadowing(sandbox)).toHaveLength(count)
    },
  )
})

test('without the right to list all namespaces the check is skipped, and the warning has the rules', async () => {
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
    'warning: Whether an older VirtualService gets the connections of the same gateway port was not checked, because listing virtualservices and gateways of all namespaces is not allowed.\nGrant it in a ClusterRole:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices", "gateways"], verbs: ["list"]}',
  ])
})
