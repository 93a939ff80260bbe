import type { ProxiesKnown } from '../../split/check/proxy-wait.ts'
import type { ProxiesSeen } from '../model/check.ts'

/** The proxies of a rule, read while a check waits for them. */
export type CheckProxies = {
  /** Reads them until all have the new weights, or that cannot be known. Tells what is known, and what each has, as it changes. */
  follow(onKnown: (known: ProxiesKnown) => void, onSeen: (seen: ProxiesSeen) => void): void
  /** Calls back at each change of what is known. Returns what ends that. */
  onKnown(changed: () => void): () => void
  seen(): ProxiesSeen
  /**
   * Reads Pods, weights and counters again. Returns whether all are as they were when all were confirmed, and whether they
   * have served at least so many samples since. If not, `seen` says why.
   */
  again(samples: number): Promise<boolean>
  /** The attempt met a configuration that no proxy had which was read. */
  doubt(why: string): void
  stop(): void
}
