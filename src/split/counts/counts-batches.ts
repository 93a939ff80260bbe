import type { CountsSample } from '../sample.ts'

/** Fewer samples hardly show whether they come in groups. */
const LEAST_SAMPLES = 4

/** What one proxy counted over a while: samples by destination. */
export type Batch = readonly number[]

/**
 * Joins what a proxy counts until a batch has enough samples. When a batch ends depends on the number of its samples alone,
 * not on where they went, so the draws of a batch are as independent as all are.
 */
export function startBatches(take: (batch: Batch) => void) {
  const open = new Map<string, number[]>()
  const ended = new Map<string, number>()
  let most = 0
  return {
    observe({ proxy, counts }: CountsSample): void {
      const before = open.get(proxy)
      const batch = counts.map((count, index) => count + (before?.[index] ?? 0))
      const samples = batch.reduce((sum, count) => sum + count, 0)
      if (samples < LEAST_SAMPLES) {
        open.set(proxy, batch)
        return
      }
      open.delete(proxy)
      const number = (ended.get(proxy) ?? 0) + 1
      ended.set(proxy, number)
      most = Math.max(most, number)
      take(batch)
    },
    /** How many batches the proxy has that has most. */
    most: () => most,
  }
}
