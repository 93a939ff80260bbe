import type { Check } from '../../../rollout/model/check.ts'

/** What splits the traffic of a check: the mesh where all of its proxies are those of clients and waypoints. */
export function whatSwitched({ proxies }: Pick<Check, 'proxies'>): 'gateway' | 'mesh' {
  const all = proxies?.proxies ?? []
  return all.length > 0 && all.every(({ role }) => role !== 'gateway') ? 'mesh' : 'gateway'
}
