import type { CleanupEnd } from '../../rollout/interrupted/cleanup-text.ts'
import type { LogLine } from '../log/log-line.ts'
import type { Redactor } from '../redact/redact.ts'
import { remedyBlock } from '../remedy-block.ts'

const TITLES: Readonly<Record<CleanupEnd['end'], string>> = {
  restored: '⚠️ killed, and put in order',
  kept: '⚠️ killed, and its weights are kept',
  left: '⚠️ killed, and changed by another client',
  nothing: 'killed',
  failed: '⛔ killed, and not in order',
}

/**
 * What post adds to the job summary, as main was killed before it could write one. `redact` takes
 * out secrets before the text is cut.
 */
export function postSummary({ end, text }: CleanupEnd, redact: Redactor['redact']): string {
  return `## ${TITLES[end]}\n\n${remedyBlock(redact(text))}\n`
}

const LEVELS: Readonly<Record<CleanupEnd['end'], LogLine['level']>> = {
  restored: 'warning',
  kept: 'warning',
  left: 'warning',
  nothing: 'info',
  failed: 'error',
}

/** The line of the log; post fails by an error. */
export function postLine({ end, text }: CleanupEnd): LogLine {
  return { level: LEVELS[end], text }
}
