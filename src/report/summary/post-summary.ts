import type { CleanupEnd } from '../../rollout/interrupted/cleanup-text.ts'
import type { LogLine } from '../log/log-line.ts'
import type { Redactor } from '../redact/redact.ts'
import { remedyBlock } from '../remedy-block.ts'

const TITLES: Readonly<Record<CleanupEnd['end'], string>> = {
  restored: '⚠️ The run was killed. Previous weights restored.',
  kept: '⚠️ The run was killed. Its weights stay.',
  left: '⚠️ The run was killed. Another client changed the object since.',
  nothing: 'The run was killed. Nothing was left to restore.',
  failed: '⛔ The run was killed. The previous weights could not be restored.',
}

/** What the post step adds to the job summary of a run that was killed. `redact` takes out secrets before the text is cut. */
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

/** The line of the log. An error fails the post step. */
export function postLine({ end, text }: CleanupEnd): LogLine {
  return { level: LEVELS[end], text, title: 'Traffic shift: the run was killed' }
}
