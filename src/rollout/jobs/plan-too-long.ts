import { LONGEST_ARGUMENT_BYTES, planText } from '../../evidence/jobs/plan-text.ts'
import type { ProbePlan } from '../../evidence/jobs/probe-plan.ts'
import { countText } from '../../problem/count-text.ts'
import { type Problem, problem } from '../../problem/problem.ts'

/** A plan that no process could be started with. What travels in a Secret is not a part of it. */
export function planTooLong(plan: ProbePlan): Problem | undefined {
  const bytes = Buffer.byteLength(planText(plan))
  if (bytes <= LONGEST_ARGUMENT_BYTES) return undefined
  const [input, length] = longestPart(plan)
  return problem(
    'ITS-JOB-PLAN-TOO-LONG',
    `The Pods of a Job get what they are to do in one argument, and it would have ${countText(bytes)} bytes. Linux takes at most ${countText(LONGEST_ARGUMENT_BYTES)}.`,
    `Shorten ${input}, which has ${countText(length)} bytes of them.${input === 'probe-ca' ? ' It needs only the authority that signed the certificate of the gateway.' : ''}`,
  )
}

/** The input that takes most of the plan, with its bytes in it. */
function longestPart({ probe, recognition }: ProbePlan): readonly [input: string, bytes: number] {
  const { tls } = 'tls' in probe ? probe : { tls: undefined }
  const isRequest = probe.kind === 'http' || probe.kind === 'grpc'
  const parts: Readonly<Record<string, unknown>> = {
    expect: recognition.expect.map(({ pattern, headers }) => [
      pattern?.source,
      headers?.map((header) => header.pattern.source),
    ]),
    'probe-ca': tls?.ca,
    'probe-command': probe.kind === 'command' ? probe.commandLine : undefined,
    'probe-headers': isRequest ? probe.headers : undefined,
    'probe-path': isRequest ? probe.path : undefined,
  }
  const lengths = Object.entries(parts).map(
    ([input, part]) => [input, Buffer.byteLength(JSON.stringify(part) ?? '')] as const,
  )
  return lengths.reduce((most, one) => (one[1] > most[1] ? one : most))
}
