import type { RunEvent } from '../../rollout/model/events.ts'
import type { Redactor } from './redact.ts'

/** The event without secrets in texts that the record cuts: half a secret would not be known for one any more. */
export function redactedEvent(event: RunEvent, redact: Redactor['redact']): RunEvent {
  switch (event.kind) {
    case 'finding': {
      const { what, remedy } = event.finding
      return { ...event, finding: { ...event.finding, what: redact(what), remedy: redact(remedy) } }
    }
    case 'would-change':
      return { ...event, diff: redact(event.diff) }
    case 'api-call': {
      const { path, outcome } = event.call
      const why = typeof outcome === 'number' ? outcome : redact(outcome)
      return { ...event, call: { ...event.call, path: redact(path), outcome: why } }
    }
    default:
      return event
  }
}
