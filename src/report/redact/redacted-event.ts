import type { Problem } from '../../problem/problem.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import type { Redactor } from './redact.ts'

/** The event without secrets in texts that the record cuts: half a secret would not be recognized any more. */
export function redactedEvent(event: RunEvent, redact: Redactor['redact']): RunEvent {
  switch (event.kind) {
    case 'finding':
      return { ...event, finding: redactedProblem(event.finding, redact) }
    case 'finished':
      return { ...event, outcome: redactedOutcome(event.outcome, redact) }
    case 'would-change':
      return { ...event, diff: redact(event.diff) }
    case 'api-call': {
      const { path, outcome } = event.call
      const why = typeof outcome === 'number' ? outcome : redact(outcome)
      return { ...event, call: { ...event.call, path: redact(path), outcome: why } }
    }
    default:
      return event
  }
}

/** The outcome without secrets in its texts. */
export function redactedOutcome(outcome: Outcome, redact: Redactor['redact']): Outcome {
  const { message, remedy, problems, checks } = outcome
  return {
    ...outcome,
    checks: checks.map((check) => redactedCheck(check, redact)),
    message: redact(message),
    remedy: redact(remedy),
    ...(problems && { problems: problems.map((each) => redactedProblem(each, redact)) }),
  }
}

function redactedProblem(problem: Problem, redact: Redactor['redact']): Problem {
  return { ...problem, what: redact(problem.what), remedy: redact(problem.remedy) }
}

/** What is said of proxies has words of API servers and of Envoy. */
function redactedCheck(check: Check, redact: Redactor['redact']): Check {
  const { proxies: seen } = check
  if (seen === undefined) return check
  const proxies = seen.proxies.map((one) =>
    one.why === undefined ? one : { ...one, why: redact(one.why) },
  )
  const why = seen.why === undefined ? {} : { why: redact(seen.why) }
  return { ...check, proxies: { ...seen, ...why, proxies } }
}
