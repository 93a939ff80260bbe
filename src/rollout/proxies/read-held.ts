import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import { type HeldRule, heldRule, type RuleInProxy } from '../../gateways/proxies/held-rule.ts'
import { proxyRoutes } from '../../gateways/proxies/proxy-route.ts'
import type { Json } from '../../kube/json.ts'

/** What a proxy has of a rule, read again and again. */
export type HeldReader = {
  /** `whole`: nothing of an earlier answer is used. */
  read(signal: AbortSignal, whole: boolean): Promise<HeldRule>
}

/** A rule in a proxy; `isHttp`: its weights are in a route table. */
export type ReadRule = { rule: RuleInProxy; isHttp: boolean }

/** No resources, in the form of an answer. */
const NONE: Json = { configs: [] }

/**
 * Reads a rule from a proxy. The weights of TCP and TLS rules are in its listeners, and so are those of HTTP rules in a waypoint.
 * Elsewhere the weights of HTTP rules are in route tables, of which the listeners show only the ports: then these are read
 * once, and again with `whole`.
 */
export function heldReader(
  admin: Pick<ProxyAdmin, 'dump'>,
  { rule, isHttp }: ReadRule,
): HeldReader {
  let listeners: Json | undefined
  return {
    async read(signal, whole) {
      const isKnown = isHttp && !whole && listeners !== undefined
      const [known = NONE, routes] = await Promise.all([
        isKnown ? listeners : admin.dump('dynamic_listeners', signal),
        isHttp ? admin.dump('dynamic_route_configs', signal) : NONE,
      ])
      const held = heldRule(proxyRoutes(known, routes), rule)
      // A listener that came later leads to the rule on its port.
      if (held.kind === 'absent') listeners = undefined
      else if (!isKnown) listeners = isIn(known, rule) ? undefined : known
      return held
    },
  }
}

/** Whether the routes of a rule are within the listeners themselves. */
function isIn(listeners: Json, rule: RuleInProxy): boolean {
  return heldRule(proxyRoutes(listeners, NONE), rule).kind !== 'absent'
}
