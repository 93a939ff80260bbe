import type { CheckEnd } from './check-end.ts'
import type { AttemptPlace } from './error-share.ts'

/** What to do next. */
export type Step =
  /** Take samples, at most so many a second, until then. A sample may change the time. */
  | { kind: 'await-switch'; untilMs: number; samplesPerSecond: number }
  | { kind: 'wait'; untilMs: number }
  /** Read again which proxies hold the rule and what they have, and tell `proxiesAgain`. */
  | { kind: 'read-proxies' }
  /** Take samples until `observe` says that the attempt is over. */
  | ({ kind: 'attempt' } & AttemptPlace)
  /**
   * The split is confirmed, and limits are not decided: take samples, at most so many a second (undefined: as many as the source
   * can), until `observe` says that it is over.
   */
  | { kind: 'settle'; samplesPerSecond: number | undefined }
  /** Take samples until then, or until `observe` says that there is an alarm. This many a second are enough. */
  | { kind: 'watch'; untilMs: number; samplesPerSecond: number }
  /** Undefined: it was cut short. */
  | { kind: 'end'; ended: CheckEnd | undefined }
