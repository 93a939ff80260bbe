import { ALL_MODES, option, PROBING } from '../option.ts'
import { duration, positiveDuration } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const PROPAGATION_TIMEOUT = option({
  name: 'propagation-timeout',
  type: 'duration',
  placeholder: 'TIME',
  default: '15s',
  text: 'How long the gateway may take to use new weights.',
  modes: PROBING,
  parse: duration,
})

const TIMEOUT = option({
  name: 'timeout',
  type: 'duration',
  placeholder: 'TIME',
  default: '5m',
  text: 'Time limit of the whole run, including a rollback.',
  modes: ALL_MODES,
  parse: positiveDuration,
})

export const DRAIN_TIMEOUT = option({
  name: 'drain-timeout',
  type: 'duration',
  placeholder: 'TIME',
  brief:
    'With evidence: counters. How long to wait, after a pass, until destinations at 0 have nothing in progress.',
  text: 'Only with evidence: counters. How long to wait, after a pass, until the proxies of the rule have nothing in progress for destinations with a weight of 0. When it is over, the run passes with a warning and drained: false. Default: the run looks once and does not wait.',
  modes: PROBING,
  parse: positiveDuration,
})

export const LIMIT_OPTIONS = {
  title: 'Time limits',
  options: [PROPAGATION_TIMEOUT, TIMEOUT, DRAIN_TIMEOUT],
}

export type LimitOptions = {
  propagationTimeoutMs: number
  timeoutMs: number
  /** Undefined: the run does not wait until destinations without weight have nothing in progress. */
  drainTimeoutMs: number | undefined
}

export function readLimits(reader: Reader): LimitOptions {
  return {
    propagationTimeoutMs: reader.withDefault(PROPAGATION_TIMEOUT),
    timeoutMs: reader.withDefault(TIMEOUT),
    drainTimeoutMs: reader.optional(DRAIN_TIMEOUT),
  }
}
