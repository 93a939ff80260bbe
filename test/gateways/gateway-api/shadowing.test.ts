import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { finderFor } from '../../../src/gateways/finders.ts'
import type { Endpoint } from '../../../src/kube/endpoint.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import type { ProbeRequest } from '../../../src/routes/probe-request.ts'
import { apiOf, may, NEVER, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { only, parsedObject } from '../../routes/support/objects.ts'
import {
  fromLabels,
  gatewayJson,
  HTTPS,
  listener,
  routeJson,
  rule,
  TCP,
  tlsListener,
} from '../support/gateway-api.ts'

const GROUP = 'gateway.networking.k8s.io'
const OLDER = '2026-01-01T00:00:00Z'
const OURS = '2026-01-02T00:00:00Z'
const NEWER = '2026-01-03T00:00:00Z'

type Mesh = {
  listeners?: readonly JsonObject[]
  /** What is there in addition to demo/web. */
  others: readonly { at: string; route: JsonObject }[]
  own?: Parameters<typeof routeJson>[0]
  options?: SandboxOptions
}

/** A cluster with Gateway demo/public, route demo/web, and other routes that were created at other times. */
async function meshOf({ listeners = [listener()], others, own = {}, options }: Mesh) {
  let now = new Date(OURS)
  const sandbox = await sandboxWith({ gatewayApi: {}, ...options, now: () => now })
  const gateway = gatewayJson(listeners, {
    spec: { gatewayClassName: 'other', listeners: [...listeners] },
    status: { addresses: [{ type: 'IPAddress', value: '192.0.2.7' }] },
  })
  sandbox.objects.create(gateway as KubeObject)
  const object = sandbox.objects.create(routeJson({ metadata: {}, ...own }) as KubeObject)
  for (const { at, route } of others) {
    now = new Date(at)
    sandbox.objects.create(route as KubeObject)
  }
  return { sandbox, object: parsedObject(object as JsonObject) }
}

type Question = {
  probeHost?: string
  request?: Partial<ProbeRequest>
  endpoint?: Endpoint
  token?: string
}

/** What is found, with its severity. */
async function shadowing(mesh: Mesh, question: Question = {}): Promise<string[]> {
  const { sandbox, object } = await meshOf(mesh)
  return found(sandbox, object, question)
}

async function found(
  sandbox: Sandbox,
  object: ReturnType<typeof parsedObject>,
  { probeHost, request, endpoint, token }: Question,
): Promise<string[]> {
  const kubeconfig = token === undefined ? sandbox.kubeconfig : sandbox.kubeconfigFor(token)
  const api = apiOf(kubeconfig)
  const finder = finderFor(object)
  const search = { api, apiVersion: 'v1', object, rule: only(rulesOf(object)), probeHost }
  const more = { workloads: api, routePort: undefined, gatewayService: undefined }
  const locating = finder.locate({ ...search, ...more }, endpoint, NEVER)
  const asking = locating.then(({ arrival }) =>
    arrival && request ? ({ ...arrival, ...HTTP, ...request } as ProbeRequest) : undefined,
  )
  const findings = await finder.findShadowing({ ...search, locating, asking }, NEVER)
  return findings.map(({ severity, what, remedy }) => `${severity}: ${what}\n${remedy}`)
}

const HTTP = {
  protocol: 'http',
  method: 'GET',
  scheme: 'http',
  authority: 'web.test',
  path: '/',
  headers: [],
}

/** Another route, by default demo/other. */
function other(more: Parameters<typeof routeJson>[0] = {}): JsonObject {
  return routeJson({ ...more, metadata: { name: 'other', ...more.metadata } })
}

function path(type: string, value: string, more: JsonObject = {}): JsonObject {
  return { path: { type, value }, ...more }
}

function withMatches(...matches: JsonObject[]): JsonObject {
  return { rules: [rule(...matches)] }
}

describe('the traffic of a listener goes to', () => {
  test('the older of two TCPRoutes, which is an error for the other', async () => {
    const kind = 'TCPRoute'
    const mesh = (at: string) => ({
      listeners: [TCP],
      own: { kind },
      others: [{ at, route: other({ kind }) }],
    })
    expect(await shadowing(mesh(OLDER))).toEqual([
      "error: The weights of demo/web would have no effect at listener tcp (port 31400) of Gateway demo/public. TCPRoute demo/other is older and gets all connections there.\nCheck whether it is still needed there:\n  kubectl --context 'sandbox' --namespace 'demo' get tcproutes.gateway.networking.k8s.io 'other' --output yaml",
    ])
    expect(await shadowing(mesh(NEWER))).toEqual([])
  })

  test('the first by namespace and name of two that are of the same age', async () => {
    const kind = 'TCPRoute'
    const named = (name: string) =>
      shadowing({
        listeners: [TCP],
        own: { kind },
        others: [{ at: OURS, route: other({ kind, metadata: { name } }) }],
      })
    expect(await named('a')).toEqual([expect.stringContaining('TCPRoute demo/a comes first and')])
    expect(await named('z')).toEqual([])
  })

  test('the older of two TLSRoutes for the same name, and to the more specific name', async () => {
    const kind = 'TLSRoute'
    const hosts = (hostnames: string[], at = OLDER) =>
      shadowing({
        listeners: [tlsListener('Passthrough')],
        own: { kind, spec: { hostnames: ['a.test', 'b.test'] } },
        others: [{ at, route: other({ kind, spec: { hostnames } }) }],
      })
    expect(await hosts(['a.test'])).toEqual([
      expect.stringMatching(
        /^error: The weights of demo\/web would have no effect for host a\.test at listener tls \(port 8443\) of Gateway demo\/public\. TLSRoute demo\/other is older and gets all connections there\./,
      ),
    ])
    expect(await hosts(['b.test'])).toEqual([expect.stringContaining('warning: The weights')])
    expect(await hosts(['*.test'])).toEqual([])
    expect(await hosts(['a.test'], NEWER)).toEqual([])
  })

  test('the older of two HTTPRoutes whose match covers the other', async () => {
    const spec = { hostnames: ['web.test'] }
    const matching = (theirs: JsonObject[], ours: JsonObject[] = [path('PathPrefix', '/api')]) =>
      shadowing({
        own: { spec: { ...spec, ...withMatches(...ours) } },
        others: [{ at: OLDER, route: other({ spec: { ...spec, ...withMatches(...theirs) } }) }],
      })
    expect(await matching([path('PathPrefix', '/api/')])).toEqual([
      expect.stringContaining(
        'error: The weights of demo/web would have no effect for host web.test at listener http (port 80) of Gateway demo/public. HTTPRoute demo/other is older and gets every request that rule[0] matches there.',
      ),
    ])
    expect(await matching([path('PathPrefix', '/')])).toEqual([])
    expect(await matching([path('Exact', '/api')])).toEqual([])
    expect(await matching([path('PathPrefix', '/api', { method: 'GET' })])).toEqual([])
    const both = [path('PathPrefix', '/api'), path('PathPrefix', '/shop')]
    expect(await matching([path('PathPrefix', '/api')], both)).toEqual([])
    expect(await matching(both, both)).toHaveLength(1)
  })

  test('a route whose listener the run does not use, which is a warning', async () => {
    const own = { spec: { parentRefs: [{ name: 'public' }] } }
    const parentRefs = [{ name: 'public', sectionName: 'https' }]
    const route = other({ spec: { parentRefs } })
    const all = await shadowing({
      listeners: [listener(), HTTPS],
      own,
      others: [{ at: OLDER, route }],
    })
    expect(all).toEqual([expect.stringMatching(/^warning: .* at listener https \(port 443\)/)])
  })

  test('a route of redirects, with the way around it', async () => {
    const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }
    const route = other({ spec: { rules: [{ filters: [redirect] }] } })
    const [first] = await shadowing({ others: [{ at: OLDER, route }] })
    expect(first).toContain(
      'It redirects the requests. If that is meant, attach demo/web to the other listeners only, by sectionName in its parentRefs.',
    )
  })

  test('the rule that the request hits, if it is one of another route', async () => {
    const route = other({ spec: withMatches(path('Exact', '/health')) })
    const others = [{ at: NEWER, route }]
    const request = { path: '/health?full=1' }
    expect(await shadowing({ others }, { request })).toEqual([
      "error: The requests of this run would hit rule[0] of HTTPRoute demo/other instead of rule[0] of demo/web. Both routes are attached to listener http (port 80) of Gateway demo/public.\nCheck whether it is still needed there:\n  kubectl --context 'sandbox' --namespace 'demo' get httproutes.gateway.networking.k8s.io 'other' --output yaml\nOr set probe-path, probe-headers or probe-host so that the requests hit rule[0].",
    ])
    expect(await shadowing({ others }, { request: { path: '/' } })).toEqual([])
  })

  test('no route that its controller refuses, or that is not attached', async () => {
    const status = (observedGeneration: number) => ({
      parents: [
        {
          parentRef: { name: 'public' },
          controllerName: 'example.com/controller',
          conditions: [
            {
              type: 'Accepted',
              status: 'False',
              reason: 'NotAllowedByListeners',
              message: '',
              lastTransitionTime: OLDER,
              observedGeneration,
            },
          ],
        },
      ],
    })
    const refused = (generation: number) =>
      shadowing({ others: [{ at: OLDER, route: other({ status: status(generation) }) }] })
    expect(await refused(1)).toEqual([])
    expect(await refused(0)).toHaveLength(1)
    const route = other({ spec: { parentRefs: [{ name: 'else' }] } })
    expect(await shadowing({ others: [{ at: OLDER, route }] })).toEqual([])
  })

  test('an older GRPCRoute for the same host perhaps, which is a warning', async () => {
    const route = other({ kind: 'GRPCRoute', spec: withMatches() })
    const own = { spec: withMatches(path('RegularExpression', '.*')) }
    expect(await shadowing({ own, others: [{ at: OLDER, route }] })).toEqual([])
    const grpc = { kind: 'GRPCRoute', spec: withMatches() }
    const http = other({ spec: withMatches(path('PathPrefix', '/')) })
    expect(await shadowing({ own: grpc, others: [{ at: OLDER, route: http }] })).toEqual([
      expect.stringMatching(
        /^warning: HTTPRoute demo\/other may get the requests at listener http .* before demo\/web\. Whether it does is up to the controller of the Gateway: an HTTPRoute and a GRPCRoute should not share a host\./,
      ),
    ])
  })
})

describe('what is not known', () => {
  test('is a warning where the listener narrows different hostnames to one host', async () => {
    const route = other({ spec: { hostnames: ['*.test'] } })
    const all = await shadowing({
      listeners: [listener({ hostname: 'web.test' })],
      own: { spec: { hostnames: ['web.test'] } },
      others: [{ at: OLDER, route }],
    })
    expect(all).toEqual([
      expect.stringMatching(
        /^warning: HTTPRoute demo\/other may get the requests for host web\.test at listener http \(port 80\) of Gateway demo\/public before demo\/web\. Whether it does is up to the controller of the Gateway: the hostnames of the two routes differ, and the listener narrows them to this host\./,
      ),
    ])
  })

  test('is a warning where routes may not be listed', async () => {
    const { sandbox, object } = await meshOf({ others: [{ at: OLDER, route: other() }] })
    sandbox.tokens.set('reader', userWith(may('get', GROUP, 'gateways')))
    expect(await found(sandbox, object, { token: 'reader' })).toEqual([
      'warning: Whether another route gets the requests of the same listener first was not checked, because listing httproutes and grpcroutes of all namespaces is not allowed.\nGrant it in a ClusterRole:\n  - {apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes", "grpcroutes"], verbs: ["list"]}',
    ])
  })

  test('is a warning where the labels of namespaces decide and may not be read', async () => {
    const listeners = [listener(fromLabels({ team: 'shop' }))]
    const { sandbox, object } = await meshOf({
      listeners,
      others: [{ at: OLDER, route: other() }],
    })
    const routes = ['httproutes', 'grpcroutes'].map((plural) => may('list', GROUP, plural))
    sandbox.tokens.set('reader', userWith(may('get', GROUP, 'gateways'), ...routes))
    expect(await found(sandbox, object, { token: 'reader' })).toEqual([
      expect.stringMatching(
        /^warning: HTTPRoute demo\/other may get .* The listener selects namespaces by labels, and those of namespace demo may not be read here\./,
      ),
    ])
  })

  test('is nothing where a cluster lacks a kind', async () => {
    const options = { omitted: ['grpcroutes'] }
    const all = await shadowing({ options, others: [{ at: OLDER, route: other() }] })
    expect(all).toHaveLength(1)
  })

  test('with an endpoint for a TCPRoute is read from its Gateways', async () => {
    const kind = 'TCPRoute'
    const all = await shadowing(
      { listeners: [TCP], own: { kind }, others: [{ at: OLDER, route: other({ kind }) }] },
      { endpoint: { host: '192.0.2.7', port: 1 } },
    )
    expect(all).toEqual([expect.stringMatching(/^error: .* TCPRoute demo\/other is older/)])
  })
})
