import { isObject, type JsonObject, textAt } from '../../../kube/json.ts'
import type { LacksDestinations } from '../../rule.ts'

/**
 * What a rule does in place of sending traffic to destinations; undefined where it has some.
 * Source: istio, mergeVirtualServicesIfNeeded and translateRoute: a delegate counts before a redirect, and that before
 * a direct response.
 */
export function lacksDestinations(
  rule: JsonObject,
  namespace: string,
): LacksDestinations | undefined {
  if (isObject(rule.delegate))
    return {
      kind: 'delegate',
      namespace: textAt(rule.delegate, 'namespace') || namespace,
      name: textAt(rule.delegate, 'name') ?? '',
    }
  if (isObject(rule.redirect)) return { kind: 'redirect' }
  if (isObject(rule.directResponse)) return { kind: 'direct-response' }
  return Array.isArray(rule.route) && rule.route.length > 0 ? undefined : { kind: 'none' }
}
