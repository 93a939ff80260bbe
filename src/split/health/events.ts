import type { SingleSample } from '../sample.ts'
import type { HealthQuestion, LimitQuestion } from './health-rules.ts'

/**
 * Whether a sample of a destination is an event that a fail rests on; undefined: it says nothing of the question. Whether a
 * reply is slow is asked of replies without an error: a fast error is no fast reply, and a slow one is an error already.
 */
export function failEvent(question: HealthQuestion, sample: SingleSample): boolean | undefined {
  if (question.kind !== 'max-latency') return sample.error
  return sample.error === true ? undefined : sample.tookMs > question.overMs
}

/** Whether it is an event that counts against a pass: for latency, an error too. */
export function passEvent(question: LimitQuestion, sample: SingleSample): boolean {
  const isError = sample.error === true
  return question.kind === 'max-latency' ? isError || sample.tookMs > question.overMs : isError
}
