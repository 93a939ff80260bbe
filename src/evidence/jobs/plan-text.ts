import type { Expectation, Pattern } from '../probe/expectation.ts'
import type { PlanSecrets, ProbePlan } from './probe-plan.ts'

/** Linux takes no longer argument of a process, with the zero byte at its end. Source: Linux, MAX_ARG_STRLEN. */
export const LONGEST_ARGUMENT_BYTES = 128 * 1024 - 1

/** The argument that a Pod is started with. */
export function planText(plan: ProbePlan): string {
  const { recognition } = plan
  // Only the source of a regular expression is JSON.
  const expect = recognition.expect.map(plainExpectation)
  return JSON.stringify({ ...plan, recognition: { ...recognition, expect } })
}

/** The plan in an argument that `planText` has made. */
export function planIn(text: string): ProbePlan {
  return JSON.parse(text) as ProbePlan
}

export function secretsText(secrets: PlanSecrets): string {
  return JSON.stringify(secrets)
}

export function secretsIn(text: string): PlanSecrets {
  return JSON.parse(text) as PlanSecrets
}

function plainExpectation({ pattern, headers, ...rest }: Expectation): Expectation {
  return {
    ...rest,
    ...(pattern === undefined ? {} : { pattern: plainPattern(pattern) }),
    ...(headers === undefined
      ? {}
      : { headers: headers.map((each) => ({ ...each, pattern: plainPattern(each.pattern) })) }),
  }
}

function plainPattern({ source }: Pattern): Pattern {
  return { source }
}
