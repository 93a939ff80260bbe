import { findEntryAgain } from '../mesh/find-entry.ts'
import { sameJson } from '../mesh/json.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Memory } from './context.ts'
import { JOURNAL } from './journal.ts'

/**
 * Whether an object has what a killed run wrote, or was about to write, without a journal. Then it
 * cannot be said that the run had not written: only one that was done removes its journal itself.
 */
export function isUnjournaled(memory: Memory | undefined, object: RouteObject): boolean {
  if (memory === undefined || memory.journal === 'released' || memory.onFailure === 'keep')
    return false
  if (JOURNAL in object.annotations) return false
  const routes = findEntryAgain(object, memory.match, memory.nth)?.routes
  if (routes === undefined || sameJson([...routes], [...memory.original])) return false
  return memory.written.some((list) => sameJson([...routes], [...list]))
}
