import type { RouteObject } from '../mesh/route-object.ts'
import type { Memory } from './context.ts'
import { readJournal } from './journal.ts'
import { ruleNow } from './rule-now.ts'

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
