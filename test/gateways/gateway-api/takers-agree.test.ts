import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_LABELS_KNOWN } from '../../../src/gateways/gateway-api/namespaces.ts'
import {
  placesAt,
  servedAt,
  sureOf,
  takersBefore,
} from '../../../src/gateways/gateway-api/shadowing/takers-before.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { requestHit } from '../../../src/routes/gateway-api/match/route-hit.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import { virtualHostFor } from '../../../src/routes/match/virtual-host.ts'
import type { HttpRequest } from '../../../src/routes/probe-request.ts'
import { only } from '../../routes/support/objects.ts'
import { gatewayWith, listener, routeObject, rule } from '../support/gateway-api.ts'

const PATH = fc.record({
  type: fc.constantFrom('Exact', 'PathPrefix'),
  value: fc.constantFrom('/', '/a', '/a/b', '/ab'),
})
const MATCH = fc
  .record({ path: PATH, method: fc.constantFrom('GET', 'POST') }, { requiredKeys: [] })
  .chain((match) =>
    fc
      .boolean()
      .map(
        (headed): JsonObject =>
          headed ? { ...match, headers: [{ name: 'x-beta', value: '1' }] } : match,
      ),
  )
const HOSTNAMES = fc.subarray(['a.test', '*.test', 'b.test'], { maxLength: 2 })
const ROUTE = fc.record({
  hostnames: HOSTNAMES,
  rules: fc.array(fc.array(MATCH, { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  day: fc.constantFrom('01', '02'),
})
const REQUEST = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  authority: fc.constantFrom('a.test', 'b.test', 'c.test', 'c.d'),
  path: fc.constantFrom('/', '/a', '/a/b', '/ab', '/ab/c'),
  headers: fc.constantFrom([], [['x-beta', '1'] as const]),
})

test('for all routes of a listener, no request hits a rule whose traffic another route gets', () => {
  const gateway = gatewayWith([listener()])
  const at = { gateway, listener: only(gateway.listeners) }
  fc.assert(
    fc.property(fc.array(ROUTE, { minLength: 2, maxLength: 3 }), REQUEST, (routes, asked) => {
      const [first, ...others] = routes.map(({ hostnames, rules, day }, index) =>
        routeObject({
          metadata: { name: `r${index}`, creationTimestamp: `2026-03-${day}T00:00:00Z` },
          spec: { hostnames, rules: rules.map((matches) => rule(...matches)) },
        }),
      )
      if (first === undefined) return
      const sure = sureOf(servedAt(at, first, others, NO_LABELS_KNOWN))
      const request: HttpRequest = {
        protocol: 'http',
        gateway: 'demo/public',
        port: 80,
        section: 'http',
        scheme: 'http',
        ...asked,
      }
      const hit = requestHit(sure, request)
      for (const own of rulesOf(first)) {
        const ours = { object: first, rule: own }
        const places = placesAt(at, ours)
        const host = virtualHostFor(
          places.flatMap((place) => place.host ?? []),
          request.authority,
        )
        const place = places.find((one) => one.host === host)
        if (place === undefined || takersBefore(place, ours, sure).length === 0) continue
        const isHit = hit.kind === 'rule' && hit.object === first && hit.rule.index === own.index
        expect(isHit).toBe(false)
      }
    }),
    { numRuns: 2_000 },
  )
})
