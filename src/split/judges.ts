import { countsJudge } from './counts/counts-judge.ts'
import type { JudgeKind } from './judge/judge.ts'
import { splitJudge } from './judge/split-judge.ts'
import type { Detail } from './sample.ts'

/** The questions that every attempt of a check answers. A new one is a file and a line here. */
export const JUDGES: readonly JudgeKind[] = [splitJudge]

/** The same for counters of proxies, whose samples have no order. */
export const COUNT_JUDGES: readonly JudgeKind[] = [countsJudge]

/** The judges for samples with these details. */
export function judgesFor(details: ReadonlySet<Detail>): readonly JudgeKind[] {
  return details.has('order') ? JUDGES : COUNT_JUDGES
}

/** What a judge needs that samples with these details do not show. */
export function missingDetails(
  judges: readonly JudgeKind[],
  details: ReadonlySet<Detail>,
): Detail[] {
  return judges.flatMap(({ needs }) => [...needs].filter((need) => !details.has(need)))
}
