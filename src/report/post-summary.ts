import type { LogLine } from './log-line.ts'
import { mendBlock } from './mend-block.ts'
import type { Redactor } from './redact.ts'

const TITLES: Readonly<Partial<Record<LogLine['level'], string>>> = {
  error: '⛔ killed, and not in order',
  warning: '⚠️ killed, and put in order',
}

/**
 * What post adds to the job summary, as main was killed before it could write one. `redact` takes
 * out secrets before the text is cut.
 */
export function postSummary({ level, text }: LogLine, redact: Redactor['redact']): string {
  return `## ${TITLES[level] ?? 'killed'}\n\n${mendBlock(redact(text))}\n`
}
