import type { RuleInProxy } from '../../gateways/proxies/held-rule.ts'
import type { ProxySet } from './proxy-set.ts'

/** The proxies of a rule, opened before the write, and how the rule is found in them. */
export type OpenedProxies = {
  set: ProxySet
  /** A problem where that is not known, as a clause. */
  rule: RuleInProxy | { unknown: string }
}
