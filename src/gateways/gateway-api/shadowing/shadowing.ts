import type { Problem } from '../../../problem/problem.ts'
import type { ShadowSearch } from '../../gateway-finder.ts'

export async function findShadowing(_: ShadowSearch, __: AbortSignal): Promise<Problem[]> {
  return []
}
