import { jsonResponse, pageNotFound } from '../../sandbox/api/exchange.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'

const GROUP = 'networking.istio.io'

/** Istio's networking group under one version alone; without one the group is not there. */
export function servesOnly(version?: string): Act {
  return async (request, handle) => {
    const [path = ''] = request.path.split('?')
    if (path === `/apis/${GROUP}` && version !== undefined) {
      const one = { groupVersion: `${GROUP}/${version}`, version }
      const body = { kind: 'APIGroup', name: GROUP, versions: [one], preferredVersion: one }
      return { kind: 'answer', response: jsonResponse(200, body) }
    }
    const hidden = path === `/apis/${GROUP}` || path.startsWith(`/apis/${GROUP}/`)
    if (!hidden || (version !== undefined && path.startsWith(`/apis/${GROUP}/${version}/`)))
      return handle()
    return { kind: 'answer', response: pageNotFound() }
  }
}
