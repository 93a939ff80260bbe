import type { LogLine } from '../log/log-line.ts'
import type { Redactor } from '../redact/redact.ts'
import { remedyBlock } from '../remedy-block.ts'

/** How post left the object, in words. */
export type PostEnd = {
  /** left: another client has changed the object, so nothing was restored. */
  end: 'restored' | 'kept' | 'left' | 'nothing' | 'failed'
  text: string
}

const TITLES: Readonly<Record<PostEnd['end'], string>> = {
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
export function postSummary({ end, text }: PostEnd, redact: Redactor['redact']): string {
  return `## ${TITLES[end]}\n\n${remedyBlock(redact(text))}\n`
}

const LEVELS: Readonly<Record<PostEnd['end'], LogLine['level']>> = {
  restored: 'warning',
  kept: 'warning',
  left: 'warning',
  nothing: 'info',
  failed: 'error',
}

/** The line of the log; post fails by an error. */
export function postLine({ end, text }: PostEnd): LogLine {
  return { level: LEVELS[end], text }
}
