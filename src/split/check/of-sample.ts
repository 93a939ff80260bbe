import type { Sample } from '../sample.ts'
import type { SplitAlarm, SplitWatch } from '../watch/split-watch.ts'

/** Whether it shows that the gateway has another configuration than the one that is to be confirmed. */
export function isOfFormer(sample: Sample): boolean {
  return sample.kind === 'single' && sample.previous === true
}

/** How many samples it stands for. */
export function samplesOf(sample: Sample): number {
  if (sample.kind === 'single') return 1
  return sample.counts.reduce((sum, count) => sum + count, sample.doubtful ?? 0)
}

/** When the first of them may have begun. */
export function beganMs(sample: Sample): number {
  return sample.kind === 'counts' ? sample.fromMs : sample.launchedMs
}

export function alarmOf(split: SplitWatch, sample: Sample): SplitAlarm | undefined {
  if (sample.kind === 'single') return split.observe(sample.destination, sample)
  const { counts, fromMs, own } = sample
  const lost = own && split.observeOwn(own, fromMs)
  return split.observeCounts(counts, fromMs) ?? lost
}
