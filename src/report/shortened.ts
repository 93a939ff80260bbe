import type { Problem } from '../problem/problem.ts'
import type { Outcome } from '../rollout/model/outcome.ts'

/** The longest text of others' making that is shown, in characters. */
export const LONGEST_TEXT = 8000
/** Advice may hold a command to paste, which is of no use when it is cut. */
export const LONGEST_REMEDY = 32_000
export const CUT = '... (cut here)'

const MOST_PROBLEMS = 40

/** Cuts a text, out of which secrets have been taken: half of one would not be known for one any more. */
export function shortened(text: string, longest = LONGEST_TEXT): string {
  return text.length > longest ? `${text.slice(0, longest)} ${CUT}` : text
}

/** An outcome whose texts are within bounds: an API server's words may be of any length. */
export function shortenedOutcome(outcome: Outcome): Outcome {
  const message = shortened(outcome.message)
  const problems = (outcome.problems ?? []).slice(0, MOST_PROBLEMS).map(shortenedFinding)
  return { ...outcome, message, remedy: shortened(outcome.remedy, LONGEST_REMEDY), problems }
}

export function shortenedFinding(finding: Problem): Problem {
  return { ...finding, what: shortened(finding.what), remedy: shortened(finding.remedy) }
}
