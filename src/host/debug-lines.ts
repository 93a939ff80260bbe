import type { LogLine } from '../report/log/log-line.ts'
import type { RunEvent } from '../rollout/model/events.ts'
import { percentsOf, percentsText } from '../rollout/model/percents.ts'

/**
 * The words with which the log of the action marked the phases of a run before its texts were rewritten.
 * Scripts that follow the log wait for them, so they stay as debug lines, which the runner shows with step debug
 * logging only.
 */
export function debugLines(event: RunEvent): LogLine[] {
  switch (event.kind) {
    case 'preflight-replies':
      return [{ level: 'debug', text: `preflight: ${event.samples} connections` }]
    case 'recovering':
      return [{ level: 'debug', text: `found the journal of ${event.run}, undoing it first` }]
    case 'written':
      return [{ level: 'debug', text: `Write and prove ${percentsText(event.weights)}` }]
    case 'check-ended': {
      const { ended, names, target } = event.check
      if (ended !== 'pass') return []
      return [{ level: 'debug', text: `proven: ${percentsText(percentsOf(names, target))}` }]
    }
    default:
      return []
  }
}
