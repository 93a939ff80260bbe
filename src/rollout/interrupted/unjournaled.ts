import { readJournal } from '../../journal/journal.ts'
import { ruleNow } from '../../journal/rule-now.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Memory } from '../model/context.ts'

/**
 * Whether an object has weights that a killed run wrote, or was about to write, without a journal that
 * can be used. Then it cannot be said that the run had not written: a run removes its journal only when
 * it is done, and no run leaves a damaged one. What another run wrote carries that run's journal.
 */
export function isUnjournaled(memory: Memory | undefined, object: RouteObject): boolean {
  if (memory === undefined || memory.journal === 'released') return false
  const { kind } = readJournal(object)
  if (kind === 'found' || (kind === 'none' && memory.onFailure === 'keep')) return false
  return ruleNow(object, memory).keepsWeights
}
