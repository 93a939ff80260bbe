import type { CleanupEnd } from '../../rollout/interrupted/cleanup-text.ts'
import type { LogLine } from '../log/log-line.ts'
import type { Redactor } from '../redact/redact.ts'
import { remedyBlock } from '../remedy-block.ts'

const AFTER_KILL: Readonly<Record<CleanupEnd['end'], string>> = {
  restored: '⚠️ The run was killed. Previous weights restored.',
  'restored-step': '⚠️ The run was killed. Last confirmed step restored.',
  kept: '⚠️ The run was killed. Its weights stay.',
  left: '⚠️ The run was killed. Another client changed the object since.',
  nothing: 'The run was killed. Nothing was left to restore.',
  failed: '⛔ The run was killed. The previous weights could not be restored.',
}

const AFTER_END: Readonly<Record<CleanupEnd['end'], string>> = {
  restored: '⚠️ The run ended without restoring the weights. The post step restored them.',
  'restored-step':
    '⚠️ The run ended without restoring its last confirmed step. The post step restored it.',
  kept: '⚠️ The run ended without removing its journal. Its weights stay.',
  left: '⚠️ The run ended without restoring the weights. Another client changed the object since.',
  nothing: 'The run ended without an answer to its last write. Nothing was left to restore.',
  failed: '⛔ Neither the run nor the post step could restore the previous weights.',
}

/** What the post step adds to the job summary of a run that did not release its object. `redact` takes out secrets before the text is cut. */
export function postSummary(
  { end, text }: CleanupEnd,
  hasEnded: boolean,
  redact: Redactor['redact'],
): string {
  return `## ${(hasEnded ? AFTER_END : AFTER_KILL)[end]}\n\n${remedyBlock(redact(text))}\n`
}

const LEVELS: Readonly<Record<CleanupEnd['end'], LogLine['level']>> = {
  restored: 'warning',
  'restored-step': 'warning',
  kept: 'warning',
  left: 'warning',
  nothing: 'info',
  failed: 'error',
}

/** The line of the log. An error fails the post step. */
export function postLine({ end, text }: CleanupEnd, hasEnded: boolean): LogLine {
  const what = hasEnded ? 'cleanup after a failed rollback' : 'the run was killed'
  return { level: LEVELS[end], text, title: `Traffic shift: ${what}` }
}
