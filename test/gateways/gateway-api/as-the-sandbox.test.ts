import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { translate } from '../../../sandbox/mesh/gateway-api/translate.ts'
import { routeFor, virtualHostOf } from '../../../sandbox/mesh/http/match.ts'
import { routeConfigOf } from '../../../sandbox/mesh/http/route-config.ts'
import { mergedServers } from '../../../sandbox/mesh/servers.ts'
import { seenFrom } from '../../../sandbox/mesh/virtual-services.ts'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import { type AtListener, attachment } from '../../../src/gateways/gateway-api/listener-fit.ts'
import { admittedHosts, isReached } from '../../../src/gateways/gateway-api/listener-hosts.ts'
import { NO_LABELS_KNOWN } from '../../../src/gateways/gateway-api/namespaces.ts'
import {
  servedAt,
  servedFor,
  sureOf,
} from '../../../src/gateways/gateway-api/shadowing/takers-before.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { requestHit } from '../../../src/routes/gateway-api/match/route-hit.ts'
import { virtualHostFor } from '../../../src/routes/match/virtual-host.ts'
import type { HttpRequest } from '../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { parsedObject } from '../../routes/support/objects.ts'
import { FROM_ALL, gatewayJson, gatewayWith, listener, routeJson } from '../support/gateway-api.ts'

// The sandbox has its own code for this, which one contract holds to the real gateway.

const NAMESPACE = 'istio-system'
const CLIENT = {
  namespace: NAMESPACE,
  labels: { istio: 'ingress' },
  rootNamespace: 'istio-config',
  mounted: { certificate: '', key: '', authority: '' },
}
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'ingress', namespace: NAMESPACE },
  spec: { selector: CLIENT.labels, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
}

/** The rule that answers a request at the gateway of the sandbox, by the host of its redirect. */
function answeredBy(gateway: JsonObject, routes: readonly JsonObject[], asked: HttpRequest) {
  const none = { GRPCRoute: [], TCPRoute: [], TLSRoute: [] }
  const { gateways, virtualServices } = translate({
    classes: [],
    gateways: [gateway as KubeObject],
    routes: { HTTPRoute: routes as KubeObject[], ...none },
    grants: [],
    namespaces: [],
    services: [SERVICE],
    endpointSlices: [],
    secrets: [],
  })
  const mesh = {
    gateways,
    virtualServices,
    destinationRules: [],
    services: [SERVICE as KubeObject],
    endpoints: [],
  }
  const sight = { objects: mesh as never, client: CLIENT, clusters: new Map() }
  const servers = mergedServers(mesh as never, CLIENT).get(80) ?? []
  const config = routeConfigOf(servers, seenFrom(NAMESPACE, virtualServices), sight as never)
  const host = virtualHostOf(config, asked.authority)
  const route = host && routeFor(host, { ...asked, headers: [...asked.headers] as never })
  return route?.action.kind === 'redirect' ? (route.action.host ?? 'none') : 'none'
}

const PATH = fc.record({
  type: fc.constantFrom('Exact', 'PathPrefix', 'RegularExpression'),
  value: fc.constantFrom('/', '/a', '/a/b', '/ab', '/a/'),
})
const CONDITIONS = {
  path: PATH,
  method: fc.constantFrom('GET', 'PUT'),
  headers: fc.subarray([
    { name: 'x-a', value: '1' },
    { name: 'X-B', value: '1' },
  ]),
  queryParams: fc.constant<JsonObject[]>([{ name: 'q', value: '1' }]),
}
const EVERY_PATH = { path: { type: 'PathPrefix', value: '/' } }
/** With the defaults that the API server writes. */
const MATCH = fc
  .record(CONDITIONS, { requiredKeys: [] })
  .map((match): JsonObject => ({ ...EVERY_PATH, ...match }))
const ROUTE = fc.record({
  day: fc.constantFrom('01', '02'),
  namespace: fc.constantFrom('demo', 'shop'),
  hostnames: fc.subarray(['a.test', '*.test', 'b.test', 'x.a.test'], { maxLength: 2 }),
  sectionName: fc.constantFrom(undefined, 'l0', 'l1'),
  rules: fc.array(fc.array(MATCH, { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
})
const LISTENERS = fc.uniqueArray(fc.constantFrom('', 'a.test', '*.test'), {
  minLength: 1,
  maxLength: 2,
})
const REQUEST = fc.record({
  method: fc.constantFrom('GET', 'PUT'),
  authority: fc.constantFrom('a.test', 'b.test', 'x.a.test', 'c.d'),
  path: fc.constantFrom('/', '/a', '/a/b', '/ab', '/a?q=1', '/c?q=1'),
  headers: fc.subarray([['x-a', '1'] as const, ['x-b', '1'] as const]),
})

test('for all routes of a Gateway, a request hits the rule that answers it at the gateway of the sandbox', () => {
  fc.assert(
    fc.property(
      LISTENERS,
      fc.array(ROUTE, { minLength: 1, maxLength: 3 }),
      REQUEST,
      (hostnames, all, one) => {
        const listeners = hostnames.map((hostname, index) =>
          listener({ name: `l${index}`, ...(hostname === '' ? {} : { hostname }), ...FROM_ALL }),
        )
        const spec = {
          gatewayClassName: 'istio',
          addresses: [{ type: 'Hostname', value: `ingress.${NAMESPACE}.svc.cluster.local` }],
          listeners,
        }
        const metadata = { name: 'public', namespace: NAMESPACE }
        const routes = all.map(({ day, namespace, sectionName, rules, ...own }, index) =>
          routeJson({
            metadata: {
              name: `r${index}`,
              namespace,
              creationTimestamp: `2026-03-${day}T00:00:00Z`,
            },
            spec: {
              ...own,
              parentRefs: [
                { name: 'public', namespace: NAMESPACE, ...(sectionName ? { sectionName } : {}) },
              ],
              rules: rules.map((matches, rule) => ({
                matches: matches.length === 0 ? [EVERY_PATH] : matches,
                filters: [
                  { type: 'RequestRedirect', requestRedirect: { hostname: `r${index}-${rule}` } },
                ],
              })),
            },
          }),
        )
        const gateway = gatewayWith(listeners, { metadata, spec })
        const objects = routes.map(parsedObject)
        const asked: HttpRequest = {
          protocol: 'http',
          gateway: `${NAMESPACE}/public`,
          port: 80,
          scheme: 'http',
          ...one,
        }
        const hit = hitAt(gateway, objects, asked)
        if (hit === undefined) return
        const answered = answeredBy(gatewayJson(listeners, { metadata, spec }), routes, asked)
        expect(hit).toBe(answered)
      },
    ),
    { numRuns: 2_000 },
  )
})

/** The rule that a request hits at the listener to which its host belongs; undefined: that is not decided. */
function hitAt(
  gateway: AtListener['gateway'],
  objects: readonly RouteObject[],
  asked: HttpRequest,
): string | undefined {
  const isAttached = (object: RouteObject, at: AtListener) =>
    attachment(object, at, NO_LABELS_KNOWN).kind === 'attached'
  const at = gateway.listeners
    .map((each): AtListener => ({ gateway, listener: each }))
    .find((one) =>
      objects.some((each) => isAttached(each, one) && isReached(one, each, asked.authority)),
    )
  const attached = objects.filter((one) => at && isAttached(one, at))
  const [first, ...others] = attached
  if (at === undefined || first === undefined) return undefined
  const host = virtualHostFor(
    attached.flatMap((object) => admittedHosts(at.listener, object)),
    asked.authority,
  )
  const all = servedFor({ ...at, host }, first, servedAt(at, first, others, NO_LABELS_KNOWN))
  // Which of several hostnames that a listener narrows comes first is up to its controller.
  if (all.some(({ doubt }) => doubt !== undefined)) return undefined
  const served = sureOf(all)
  const hit = requestHit(served, { ...asked, section: at.listener.name })
  return hit.kind === 'rule' ? `${hit.object.name}-${hit.rule.index}` : hit.kind
}
