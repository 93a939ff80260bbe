import type { LogLine } from './log-line.ts'
import { mendBlock } from './mend-block.ts'

const TITLES: Readonly<Partial<Record<LogLine['level'], string>>> = {
  error: '⛔ killed, and not in order',
  warning: '⚠️ killed, and put in order',
}

/** What post adds to the job summary, as main was killed before it could write one. */
export function postSummary({ level, text }: LogLine): string {
  return `## ${TITLES[level] ?? 'killed'}\n\n${mendBlock(text)}\n`
}
