import type { Classified } from '../probe/classify.ts'
import type { OutcomeEvent } from './pod-event.ts'

/** How a sample of a Pod ended, as the run reads it. */
export type ReportedOutcome = Pick<OutcomeEvent, 'classified' | 'stamp'>

/** What others may have written to a log is not shown with secrets, and names no destination that there is not. */
export function readOutcome(
  { classified, stamp }: ReportedOutcome,
  destinations: number,
  redact: (text: string) => string,
): ReportedOutcome | undefined {
  if (classified.kind === 'destination' && classified.index >= destinations) return undefined
  return { classified: redacted(classified, redact), ...(stamp === undefined ? {} : { stamp }) }
}

function redacted(classified: Classified, redact: (text: string) => string): Classified {
  if (classified.kind === 'client-limit') return { ...classified, why: redact(classified.why) }
  const { detail } = classified
  const shown = detail === undefined ? classified : { ...classified, detail: redact(detail) }
  if (shown.kind !== 'unclassified' || shown.beyond === undefined) return shown
  return { ...shown, beyond: { ...shown.beyond, text: redact(shown.beyond.text) } }
}
