import type { PlannedTarget } from '../evidence/jobs/probe-plan.ts'
import { reachableAddresses } from '../evidence/probe/reachable-addresses.ts'

const LOOKUP_MS = 5000

/** The addresses that samples take in turn. A host without any stays as it is: each sample then shows why. */
export async function addressesOf(
  { endpoint, addresses }: PlannedTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (addresses.length > 0) return addresses
  const reachable = await reachableAddresses([endpoint], { limitMs: LOOKUP_MS, signal })
  const found = reachable.addresses.map(({ address }) => address)
  return found.length > 0 ? found : [endpoint.host]
}
