import type { Hit, ProbeRequest } from '../probe-request.ts'
import type { RouteObject } from '../route-object.ts'
import { virtualServiceRules } from './rules/virtual-service-rules.ts'

/** Which rule of a VirtualService a request hits. */
export function hitRule(object: RouteObject, request: ProbeRequest): Hit {
  const candidates = virtualServiceRules(object).filter(
    ({ protocol }) => protocol === request.protocol,
  )
  return { kind: 'unknown', why: 'this is not decided yet', candidates }
}
