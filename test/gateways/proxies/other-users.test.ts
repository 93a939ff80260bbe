import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RuleInProxy } from '../../../src/gateways/proxies/held-rule.ts'
import { otherUsers } from '../../../src/gateways/proxies/other-users.ts'
import { type ProxyRoute, proxyRoutes } from '../../../src/gateways/proxies/proxy-route.ts'
import type { Json } from '../../../src/kube/json.ts'
import { routesIn } from './support/dumps.ts'

/** As in held-rule.test.ts: a recorded gateway whose VirtualService web has three rules for one Service. */
function dump(part: 'listeners' | 'routes'): Json {
  const file = join(import.meta.dirname, 'dumps', `envoy-1.40-${part}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Json
}
const ROUTES = proxyRoutes(dump('listeners'), dump('routes'))

function ruleAt(path: string): RuleInProxy {
  return {
    destinations: subsetsOf('web.demo.svc.cluster.local'),
    hosts: ['web.example.com', 'shop.example.com'],
    port: 8080,
    request: {
      protocol: 'http',
      gateway: 'demo/web-gateway',
      port: 80,
      method: 'GET',
      scheme: 'http',
      authority: 'web.example.com',
      path,
      headers: [],
    },
  }
}

function subsetsOf(host: string) {
  return ['v1', 'v2'].map((subset) => ({ host, subset, port: undefined }))
}

const ECHO: RuleInProxy = {
  destinations: subsetsOf('tcp-echo.demo.svc.cluster.local'),
  hosts: ['*'],
  request: { protocol: 'tcp', gateway: 'demo/tcp-echo-gateway', port: 31400 },
  port: 31400,
}

/** The recorded splits that only this rule has: those of paths that begin with /api, or of versions. */
const API = ROUTES.filter(
  ({ clusters, hosts }) => hosts.includes('web.example.com') && clusters[0]?.weight === 90,
)

describe('what else uses the clusters of a rule', () => {
  test('is nothing where only the rule does', () => {
    const own = ROUTES.filter(({ ports }) => !ports.includes(31444))
    expect(otherUsers(own, ECHO, 1).rules).toEqual([])
  })

  test('is not another match of the rule itself, nor the same on another port', () => {
    expect(API.length).toBeGreaterThan(1)
    expect(otherUsers(API, ruleAt('/api/orders'), 2).rules).toEqual([])
  })

  test('is a rule with the same weights, where the rule has no further match', () => {
    expect(otherUsers(API, ruleAt('/api/orders'), 1).rules).toEqual([
      'virtual-service demo/web (path /v[0-9]+/.* of shop.example.com)',
    ])
  })

  test('is every other rule of the same object, and rules of others', () => {
    expect(otherUsers(ROUTES, ECHO, 1).rules).toEqual(['port 31444'])
    expect(otherUsers(ROUTES, ruleAt('/'), 1).rules).toEqual([
      'port 8444 of tls.example.com',
      'virtual-service demo/web-grpc (path / of grpc.example.com)',
      'virtual-service demo/web (path / of shop.example.com)',
      'virtual-service demo/web (path /api of shop.example.com)',
      'virtual-service demo/web (path /v[0-9]+/.* of shop.example.com)',
    ])
  })

  test('is a mirror to one of the clusters, and another filter chain', () => {
    const chain = ROUTES.find(({ protocol, ports }) => protocol === 'tcp' && ports.includes(31400))
    if (chain === undefined) throw new Error('there is no filter chain')
    const other: ProxyRoute = { ...chain, ports: [9999], clusters: chain.clusters.slice(0, 1) }
    const mirror: ProxyRoute = {
      ...chain,
      ...{ protocol: 'http', hosts: ['copy.example.com'], match: { prefix: '/' }, clusters: [] },
      mirrors: [chain.clusters[1]?.name ?? ''],
    }
    expect(otherUsers([chain, other, mirror], ECHO, 1).rules).toEqual([
      'port 9999',
      'the mirror of path / of copy.example.com',
    ])
  })

  test('is, in a sidecar, each Service of the rule by its own name, which differs from the others', () => {
    const routes = routesIn('sidecar')
    const destinations = ['web-v1', 'web-v2'].map((name) => ({
      ...{ host: `${name}.demo.svc.cluster.local`, subset: '', port: 80 },
    }))
    const rule = {
      destinations,
      hosts: ['web.demo.svc.cluster.local'],
      request: undefined,
      port: 80,
    }
    const names = destinations.map(({ host }) => host)
    expect(otherUsers(routes, { ...rule, isOfMesh: true }, 1)).toEqual({
      rules: [],
      ownNames: names,
    })
    expect(otherUsers(routes, rule, 1).rules).toEqual(names.map((name) => `path / of ${name}`))
  })
})
