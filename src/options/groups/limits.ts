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

export const LIMIT_OPTIONS = { title: 'Time limits', options: [PROPAGATION_TIMEOUT, TIMEOUT] }

export type LimitOptions = { propagationTimeoutMs: number; timeoutMs: number }

export function readLimits(reader: Reader): LimitOptions {
  return {
    propagationTimeoutMs: reader.withDefault(PROPAGATION_TIMEOUT),
    timeoutMs: reader.withDefault(TIMEOUT),
  }
}
