import { request as send } from 'node:http'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Drawn,
  REQUESTS,
  ROUTES,
  type RouteKind,
  type RouteRequest,
  routeHitAt,
} from '../../kit/gateways/random-routes.ts'
import { type JsonObject, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { GATEWAY_API_PORTS } from '../../sandbox/tutorial/gateway-api.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { within } from '../processes/within.ts'
import { api } from '../suite/support/route.ts'

/**
 * Routes of chance on the real gateway, each set of them for hosts of its own: which rule answers a request is what the
 * product says about it without sending one.
 */

const SEED = Number(process.env.SEED ?? 1)
const REQUESTS_EACH = 10
const SETS = 40
const RULE = 'x-rule'

type Case = { routes: KubeObject[]; requests: RouteRequest[] }

describe.each<RouteKind>(['HTTPRoute', 'GRPCRoute'])('of several objects of kind %s,', (kind) => {
  let cases: Case[]

  beforeAll(async () => {
    const drawn = fc.sample(
      fc.record({
        routes: ROUTES[kind],
        requests: fc.array(REQUESTS[kind], {
          minLength: REQUESTS_EACH,
          maxLength: REQUESTS_EACH,
        }),
      }),
      { numRuns: SETS, seed: SEED },
    )
    const sets = drawn.map(({ routes, requests }, index) => {
      const domain = `${kind.toLowerCase()}-${index}.test`
      return {
        objects: inDomain(
          routes.map((one, order) => routeOf(kind, `set-${index}-${'cab'[order]}`, one)),
          domain,
        ),
        requests: inDomain(requests, domain),
      }
    })
    cases = sets.map(({ requests }) => ({ routes: [], requests }))
    // The age of a route counts in whole seconds.
    for (const order of [0, 1, 2]) {
      for (const [index, { objects }] of sets.entries()) {
        const object = objects[order]
        if (object !== undefined) cases[index]?.routes.push(await api.create(kubeObject(object)))
      }
      const second = Math.floor(Date.now() / 1000)
      await within(2000, 'the next second', () => Math.floor(Date.now() / 1000) > second)
    }
  })
  afterAll(async () => {
    for (const { routes } of cases) for (const one of routes) await api.remove(one)
  })

  test(`requests are answered by the rules that they are said to hit (seed ${SEED})`, async () => {
    const kinds = { rule: 0, none: 0, unknown: 0 }
    for (const { routes, requests } of cases) {
      for (const request of requests) {
        const said = routeHitAt(routes, {
          ...{ protocol: 'http', scheme: 'http', section: 'http' },
          ...{ gateway: 'istio-system/gateway-api', port: GATEWAY_API_PORTS.http },
          ...request,
        })
        kinds[said === 'none' || said === 'unknown' ? said : 'rule'] += 1
        if (said === 'unknown') continue
        const specs = routes.map(({ metadata, spec }) => ({ name: metadata.name, spec }))
        const about = JSON.stringify({ request, specs }, null, 1)
        await expect.poll(() => answerOf(request), { timeout: 5000, message: about }).toBe(said)
      }
    }
    expect(kinds.rule).toBeGreaterThan(cases.length)
    expect(kinds.none).toBeGreaterThan(0)
    expect(kinds.unknown).toBe(0)
  })
})

function routeOf(kind: RouteKind, name: string, { hostnames, rules }: Drawn): JsonObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name, namespace: 'demo' },
    spec: {
      parentRefs: [{ name: 'gateway-api', namespace: 'istio-system', sectionName: 'http' }],
      hostnames,
      rules: rules.map((matches, index) => ({
        ...(matches === null ? {} : { matches }),
        filters: [
          {
            type: 'ResponseHeaderModifier',
            responseHeaderModifier: { set: [{ name: RULE, value: `${name} rule[${index}]` }] },
          },
        ],
        backendRefs: [{ name: 'web-v1', port: 80 }],
      })),
    },
  }
}

/** The same with hosts of a domain of its own. */
function inDomain<T extends object>(values: readonly T[], domain: string): T[] {
  return JSON.parse(JSON.stringify(values).replaceAll('DOMAIN', domain))
}

function kubeObject(object: JsonObject): KubeObject {
  const copy = parseJson(JSON.stringify(object))
  if (!isKubeObject(copy)) throw new Error('no object')
  return copy
}

/** The rule that the gateway's reply names, or none. */
function answerOf({ path, method, authority, headers }: RouteRequest): Promise<string> {
  const options = {
    ...{ host: GATEWAY.host, port: GATEWAY_API_PORTS.http, path, method, agent: false },
    headers: { ...Object.fromEntries(headers), host: authority },
  }
  return new Promise((resolve, reject) => {
    const sent = send(options, (reply) => {
      reply.resume()
      const rule = reply.headers[RULE]
      reply.on('end', () => resolve(typeof rule === 'string' ? rule : 'none'))
    })
    sent.on('error', reject)
    sent.end()
  })
}
