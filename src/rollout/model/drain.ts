import type { SampleUnit } from './sample-unit.ts'

/** What the proxies of a rule had in progress after its last weights were confirmed. */
export type Drain = Readonly<{
  names: readonly string[]
  /** What is in progress: open connections, or requests. */
  unit: SampleUnit
  /** Indexes of the destinations with a weight of 0. */
  retired: readonly number[]
  /** How many of the proxies that hold the rule were read, and how many there were. */
  proxies: { read: number; total: number }
  /** By destination, summed over the proxies. */
  inProgress: readonly number[]
  /** By destination, what the proxies sent there since the first reading. */
  sent: readonly number[]
  /** Milliseconds since the first reading. */
  tookMs: number
  /** The input `drain-timeout`; undefined: the run looks once. */
  timeoutMs: number | undefined
  /**
   * `drained`: no proxy has anything in progress for a destination without weight; `in-progress`: one of them has;
   * `unknown`: not all proxies could be read, or no destination is without weight. Undefined while the run waits.
   */
  ended: 'drained' | 'in-progress' | 'unknown' | undefined
  /** What ended the run while it read or waited; then the figures are those of the last reading. Absent: nothing did. */
  stoppedBy?: 'cancelled' | 'run-time' | undefined
}>
