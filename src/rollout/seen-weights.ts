import { percentsIn } from '../journal/journal-view.ts'
import { findEntryAgain } from '../routes/find-entry.ts'
import { type Percents, Stop } from './model/outcome.ts'
import type { PlannedScene } from './plan/scene.ts'

/** The weights of the run's rule as they were read by what stopped the run; undefined where it did not read the object. */
export function weightsSeen(
  error: unknown,
  { entry, write }: Pick<PlannedScene, 'entry' | 'write'>,
): Percents | undefined {
  const seen = error instanceof Stop ? error.seen : undefined
  const rule = seen && findEntryAgain(seen, entry.match, write?.journal.nth ?? 0)
  return rule && percentsIn(rule.routes)
}
