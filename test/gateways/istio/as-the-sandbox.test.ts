import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ASKED,
  DIRECT,
  NAMES,
  OFFERED,
  objectsOf,
  RULE,
  WHERE,
} from '../../../kit/gateways/random-objects.ts'
import { routeFor, virtualHostOf } from '../../../sandbox/mesh/http/match.ts'
import { routeConfigOf } from '../../../sandbox/mesh/http/route-config.ts'
import { mergedServers } from '../../../sandbox/mesh/servers.ts'
import { chainFor, tlsListenerOf } from '../../../sandbox/mesh/tls/chains.ts'
import { seenFrom } from '../../../sandbox/mesh/virtual-services.ts'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import { parseGateway } from '../../../src/gateways/istio/gateway-object.ts'
import { served } from '../../../src/gateways/istio/shadowing/takers-before.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { httpHit } from '../../../src/routes/istio/match/http-hit.ts'
import { tlsHit } from '../../../src/routes/istio/match/tls-hit.ts'
import { request } from '../../routes/support/http-objects.ts'
import { parsedObject } from '../../routes/support/objects.ts'

// The sandbox has its own code for this, which one contract holds to the real gateway.

const CLIENT = {
  namespace: 'istio-system',
  labels: { istio: 'ingress', zone: 'a' },
  rootNamespace: 'istio-config',
  mounted: { certificate: '', key: '', authority: '' },
}
const PODS = { namespace: CLIENT.namespace, labels: CLIENT.labels }
function gatewayOf(hosts: readonly string[], server: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'demo', creationTimestamp: '2026-03-01T00:00:00Z' },
    spec: { selector: { istio: 'ingress' }, servers: [{ ...server, hosts: [...hosts] }] },
  }
}

function meshOf(gateway: JsonObject) {
  const objects = {
    gateways: [gateway as KubeObject],
    virtualServices: [],
    destinationRules: [],
    services: [],
    endpoints: [],
  }
  const at = parseGateway(gateway)
  const [server] = at?.servers ?? []
  if (!at || !server) throw new Error('no server')
  return { objects, at: { gateway: at, server } }
}

describe('for every set of objects,', () => {
  test('a request hits the rule that answers it at the gateway of the sandbox', () => {
    const asked = ASKED.map((one) => request({ ...one, pods: PODS }))
    const objects = objectsOf(RULE, (rules, name) => ({
      http: rules.map((match, index) => DIRECT(match, `${name} http[${index}]`)),
    }))
    fc.assert(
      fc.property(objects, OFFERED, asked, (all, hosts, one) => {
        const gateway = gatewayOf(hosts, { port: { number: 80, name: 'http', protocol: 'HTTP' } })
        const { objects: mesh, at } = meshOf(gateway)
        const seen = seenFrom(PODS.namespace, all as KubeObject[])
        const sight = { objects: mesh as never, client: CLIENT, clusters: new Map() }
        const servers = mergedServers(mesh as never, CLIENT).get(80) ?? []
        const host = virtualHostOf(routeConfigOf(servers, seen, sight as never), one.authority)
        const route = host && routeFor(host, { ...one, headers: [...one.headers] as never })
        const answered = route?.action.kind === 'direct' ? route.action.body : 'none'
        const found = httpHit(served(at, all.map(parsedObject), PODS), one)
        if (found.kind === 'unknown') return
        expect(
          found.kind === 'rule' ? `${found.object.name} ${found.rule.position}` : found.kind,
        ).toBe(answered)
      }),
      { numRuns: 300 },
    )
  })

  test('a TLS connection hits the rule whose destination it reaches at the gateway of the sandbox', () => {
    const match = fc
      .record({ ...WHERE, sniHosts: fc.subarray(NAMES, { minLength: 1, maxLength: 2 }) })
      .map((one) => one as JsonObject)
    const rule = fc.array(match, { minLength: 1, maxLength: 2 })
    const objects = objectsOf(rule, (rules, name) => ({
      tls: rules.map((matches, index) => ({
        match: matches,
        route: [{ destination: { host: 'web', subset: `${name}-tls-${index}` } }],
      })),
    }))
    const sni = fc.constantFrom('a.test', 'b.test', 'y.a.test', 'c.d', '')
    fc.assert(
      fc.property(objects, OFFERED, sni, (all, hosts, name) => {
        const port = { number: 80, name: 'tls', protocol: 'TLS' }
        const gateway = gatewayOf(hosts, { port, tls: { mode: 'PASSTHROUGH' } })
        const { objects: mesh, at } = meshOf(gateway)
        const virtualServices = seenFrom(PODS.namespace, all as KubeObject[])
        const sight = { objects: mesh as never, client: CLIENT, clusters: new Map() }
        const servers = mergedServers(mesh as never, CLIENT).get(80) ?? []
        const listener = tlsListenerOf(servers, { virtualServices, sight: sight as never })
        const chain = chainFor(listener?.chains ?? [], name === '' ? undefined : name)
        const reached = chain?.filter.kind === 'tcp' ? chain.filter.route[0]?.name : undefined
        const admitted = served(at, all.map(parsedObject), PODS).filter(
          (one) => one.hosts.length > 0,
        )
        const found = tlsHit(
          admitted.map(({ object }) => object),
          { protocol: 'tls', gateway: 'demo/public', port: 80, sni: name },
        )
        expect(
          found.kind === 'rule' ? `${found.object.name}-tls-${found.rule.index}` : undefined,
        ).toBe(reached)
      }),
      { numRuns: 300 },
    )
  })
})
