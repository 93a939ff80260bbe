import type { Classified } from '../../evidence/probe/classify.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { type Problem, problem } from '../../problem/problem.ts'

/** What a reply shows to be wrong with the input `expect`; undefined if every reply matches at most one expression. */
export function findUnfitExpression(samples: readonly ProbeSample[]): Problem | undefined {
  for (const { classified } of samples) {
    const finding = unfitExpression(classified)
    if (finding) return finding
  }
  return undefined
}

export function showsUnfit(samples: readonly ProbeSample[]): boolean {
  return findUnfitExpression(samples) !== undefined
}

function unfitExpression(classified: Classified): Problem | undefined {
  if (classified.kind !== 'unclassified') return undefined
  const reply = `The reply ${JSON.stringify(classified.detail)}`
  if (classified.why === 'ambiguous reply') {
    const remedy = 'Correct expect, so that exactly one expression matches each reply.'
    return problem(
      'ITS-EXPECT-AMBIGUOUS',
      `${reply} matches more than one expression of expect.`,
      remedy,
    )
  }
  if (classified.why !== 'slow expression') return undefined
  return problem(
    'ITS-EXPECT-TOO-SLOW',
    `An expression of expect takes too much work to match the reply ${JSON.stringify(classified.detail)}.`,
    'Write shorter expressions that begin with ^, and + or * instead of counts such as {50}.',
  )
}
