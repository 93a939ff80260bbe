import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import type { RuleInProxy } from '../../gateways/proxies/held-rule.ts'
import type { ProxySet } from './proxy-set.ts'

/** The proxies of a rule, opened before the write, and how the rule is found in each. */
export type OpenedProxies = {
  set: ProxySet
  /** `why` is a clause. */
  ruleIn: (pod: ProxyPod) => { kind: 'known'; rule: RuleInProxy } | { kind: 'unknown'; why: string }
}
