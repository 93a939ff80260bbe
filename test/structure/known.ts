/** Imports against the arrows that are still there. The list may only shrink. */
export const KNOWN_ARROWS: readonly string[] = [
  'journal/journal-view.ts -> options/options.ts',
  'journal/journal-view.ts -> rollout/model/outcome.ts',
  'journal/journal-view.ts -> rollout/model/percents.ts',
  'journal/journal.ts -> options/options.ts',
  'journal/manual-command.ts -> options/options.ts',
  'journal/read-object.ts -> options/unsuited.ts',
  'journal/read-object.ts -> rollout/model/context.ts',
  'journal/restore/changed-by-other.ts -> rollout/model/context.ts',
  'journal/restore/confirmed-read.ts -> rollout/model/context.ts',
  'journal/restore/give-back-fields.ts -> rollout/model/context.ts',
  'journal/restore/release-task.ts -> rollout/model/context.ts',
  'journal/restore/release-task.ts -> rollout/rollback/restore-blocked-by.ts',
  'journal/restore/release-task.ts -> rollout/rollback/serving.ts',
  'journal/restore/release.ts -> rollout/model/context.ts',
  'journal/restore/release.ts -> rollout/model/outcome.ts',
  'journal/restore/release.ts -> rollout/model/percents.ts',
  'journal/restore/release.ts -> rollout/rollback/serving.ts',
  'journal/restore/restore-trouble.ts -> rollout/time-limits.ts',
  'journal/way-back.ts -> rollout/model/percents.ts',
  'journal/write/save-intent.ts -> rollout/model/context.ts',
  'journal/write/save-intent.ts -> rollout/plan/shift-plan.ts',
  'journal/write/webhook-change.ts -> rollout/model/percents.ts',
]

/** Import cycles that are still there. The list may only shrink. */
export const KNOWN_CYCLES: readonly string[] = [
  'journal/journal.ts -> journal/parse-journal.ts -> journal/journal.ts',
  'journal/write/write-conflict.ts -> journal/write/write-weights.ts -> journal/write/write-conflict.ts',
  'rollout/interrupted/not-restored.ts -> rollout/interrupted/status.ts -> rollout/interrupted/not-restored.ts',
]
