import type { Check } from '../../../rollout/model/check.ts'
import { limitStates } from './limits.ts'

/** That nothing is left to compare errors with, and what tests them all the same. */
export function aloneTexts(check: Check): string[] {
  const { health, names } = check
  const alone = (health?.nothingToCompare ?? []).map((index) => names[index] ?? '')
  if (alone.length === 0) return []
  const hasLimit = limitStates(check).some(({ question }) => question.kind === 'max-errors')
  return [
    `${alone.join(', ')} ${alone.length === 1 ? 'has' : 'have'} 100%, so there are no others to compare errors with.${hasLimit ? '' : ' To test them there too, set max-errors.'}`,
  ]
}
