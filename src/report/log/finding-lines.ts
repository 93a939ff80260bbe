import { documentationOf } from '../../problem/codes.ts'
import type { Problem } from '../../problem/problem.ts'
import { type LogLine, withRemedy } from './log-line.ts'

/** A problem for which the run does not go on is in the last line, with all others. */
export function findingLines({ severity, code, what, remedy }: Problem): LogLine[] {
  if (severity === 'error') return []
  const text = `${withRemedy(what, remedy)}\nMore: ${documentationOf(code)} [${code}]`
  return [{ level: 'warning', text, title: `Traffic shift: ${code}` }]
}
