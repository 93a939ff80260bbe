import { describe, expect, test } from 'vitest'
import { GATEWAY_KINDS, GATEWAY_ROUTES, gatewayMesh } from '../../../kit/run/gateway-api.ts'
import { ROUTE, WEB_ROUTE } from '../../../kit/run/object.ts'
import type { ObjectRef } from '../../../sandbox/objects/object-store.ts'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import { openProxyAdmin } from '../../../src/evidence/proxies/open-proxy-admin.ts'
import { finderFor } from '../../../src/gateways/finders.ts'
import { heldRule } from '../../../src/gateways/proxies/held-rule.ts'
import { proxyRoutes } from '../../../src/gateways/proxies/proxy-route.ts'
import { ruleInProxy } from '../../../src/gateways/proxies/rule-in-proxy.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import { sharesOf } from '../../../src/routes/rule.ts'
import { apiOf, NEVER, sandboxWith } from '../../kube/support/cluster.ts'
import { parsedObject } from '../../routes/support/objects.ts'

/** What every proxy of every weighted rule of an object has, beside the shares of the object. */
async function heldIn(options: SandboxOptions, ref: ObjectRef) {
  const sandbox = await sandboxWith({ proxies: true, replicas: 2, ...options })
  await sandbox.applied()
  const api = apiOf(sandbox.kubeconfig)
  const object = parsedObject(sandbox.objects.get(ref) as never)
  const rules = rulesOf(object).filter(({ destinations }) => destinations.length > 1)
  const held = rules.map(async (rule) => {
    const search = { ...{ api, workloads: api, apiVersion: 'v1', object, rule } }
    const found = await finderFor(object).findProxies(
      { ...search, gatewayService: undefined, clientPods: undefined },
      NEVER,
    )
    const each = found.pods.map(async (pod) => {
      const admin = await openProxyAdmin(api, pod, NEVER)
      const [listeners, routes] = await Promise.all([
        admin.dump('dynamic_listeners', NEVER),
        admin.dump('dynamic_route_configs', NEVER),
      ])
      admin.close()
      const sought = ruleInProxy({ object, rule, served: found.served }, pod)
      return sought.kind === 'unknown'
        ? sought.why
        : heldRule(proxyRoutes(listeners, routes), sought.rule)
    })
    return { shares: sharesOf(rule), proxies: await Promise.all(each), unknown: found.unknown }
  })
  return Promise.all(held)
}

describe('each proxy of the sandbox holds what the object says, by what is found of it', () => {
  const weights = { v1: 80, v2: 20 }
  test.each<[string, SandboxOptions, ObjectRef]>([
    ['tcp', { weights }, ROUTE],
    ['http', { web: { http: weights } }, WEB_ROUTE],
    ...GATEWAY_KINDS.map((kind): [string, SandboxOptions, ObjectRef] => [
      GATEWAY_ROUTES[kind].kind,
      gatewayMesh(weights, [kind]),
      GATEWAY_ROUTES[kind].ref,
    ]),
  ])('%s', async (_, options, ref) => {
    const rules = await heldIn(options, ref)
    expect(rules.length).toBeGreaterThan(0)
    for (const { shares, proxies, unknown } of rules) {
      expect(unknown).toBeUndefined()
      expect(proxies).toHaveLength(2)
      for (const held of proxies) expect(held).toMatchObject({ kind: 'held', shares })
    }
  })
})
