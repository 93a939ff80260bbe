import { expect, test } from 'vitest'
import { whyAbsent } from '../../../src/gateways/proxies/why-absent.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { only, route, virtualService } from '../../routes/support/objects.ts'
import { routeObject } from '../support/gateway-api.ts'

function rule(spec: JsonObject, match?: JsonObject): RouteObject {
  const http = [
    { route: [route('v1', 80, 'web')], ...(match === undefined ? {} : { match: [match] }) },
  ]
  return virtualService([], {
    spec: { tcp: undefined as never, gateways: ['mesh'], hosts: ['web'], http, ...spec },
  })
}

function ofService(namespace?: string): RouteObject {
  const parent = { group: '', kind: 'Service', name: 'web' }
  const parentRefs = [namespace === undefined ? parent : { ...parent, namespace }]
  return routeObject({
    spec: { parentRefs, rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
  })
}

function whyFor(
  object: RouteObject,
  client: { namespace: string; labels: Record<string, string> },
) {
  const arrival = { gateway: 'mesh', port: 80, pods: client }
  const arrivals = [{ arrival, port: 80, hosts: [], tls: 'none' as const }]
  return whyAbsent(object, only(rulesOf(object)), { role: 'sidecar', arrivals })
}

const SHOP = { namespace: 'shop', labels: { app: 'checkout' } }

test.each<[string, RouteObject, string | undefined]>([
  ['nothing of the rule', rule({}), undefined],
  ['exportTo', rule({ exportTo: ['.'] }), 'leaves namespace shop out of its exportTo'],
  ['an exportTo that has it', rule({ exportTo: ['shop'] }), undefined],
  ['labels', rule({}, { sourceLabels: { app: 'cart' } }), 'are for other Pods'],
  ['labels that it has', rule({}, { sourceLabels: { app: 'checkout' } }), undefined],
  ['a namespace', rule({}, { sourceNamespace: 'demo' }), 'are for other Pods'],
  [
    'labels that count for no gateway',
    rule({}, { gateways: ['mesh'], sourceLabels: { app: 'cart' } }),
    undefined,
  ],
  ['a route of its own namespace', ofService(), undefined],
  [
    'a route for clients of another namespace',
    ofService('other'),
    'only clients of namespace demo have it',
  ],
])('a client lacks a rule because of %s', (_, object, why) => {
  const found = whyFor(object, SHOP)
  if (why === undefined) expect(found).toBeUndefined()
  else expect(found).toContain(why)
})
