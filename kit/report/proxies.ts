import type { CountsGap } from '../../src/evidence/proxies/counters-settings.ts'
import type { ProxiesSeen, ProxySeen } from '../../src/rollout/model/check.ts'
import type { Drain } from '../../src/rollout/model/drain.ts'

/** A gateway proxy that had the new weights 131 ms after the write. */
export function someProxy(pod: string, changes: Partial<ProxySeen> = {}): ProxySeen {
  return { pod, role: 'gateway', state: 'confirmed', propagationMs: 131, ...changes }
}

/** A gateway proxy that still has v1 100%. */
export function oldProxy(pod: string, changes: Partial<ProxySeen> = {}): ProxySeen {
  return { pod, role: 'gateway', state: 'old', shares: [1, 0], ...changes }
}

/** Proxies as they are seen, of which `seen` says what is not as in a run that is confirmed. */
export function someProxies(
  proxies: readonly ProxySeen[],
  changes: Partial<ProxiesSeen> = {},
): ProxiesSeen {
  return {
    status: 'confirmed',
    how: 'the Pods that Gateway demo/web selects',
    notes: [],
    proxies,
    ...changes,
  }
}

/** Two proxies with the new weights, and one that did not take them in time. */
export const STALE_PROXIES = someProxies(
  [
    someProxy('istio-system/gateway-a', { propagationMs: 104 }),
    oldProxy('istio-system/gateway-b'),
    someProxy('istio-system/gateway-c', { propagationMs: 412 }),
  ],
  { status: 'stale' },
)

/** Two proxies that have nothing in progress for v1, which has no weight, after 2 s. */
export function someDrain(changes: Partial<Drain> = {}): Drain {
  return {
    names: ['v1', 'v2'],
    unit: 'request',
    retired: [0],
    proxies: { read: 2, total: 2 },
    inProgress: [0, 12],
    sent: [0, 40],
    tookMs: 2000,
    timeoutMs: 60_000,
    ended: 'drained',
    ...changes,
  }
}

/** Something that the counters of a proxy lack of the 200 ms since they were read 6 s after the run began. */
export function someGap(why: CountsGap['why']): CountsGap {
  return {
    proxy: 'n/a',
    fromMs: 11_000,
    toMs: 11_200,
    why,
    ...(why === 'hosts' && { hosts: 2 }),
  }
}
