import type { Check } from '../../rollout/model/check.ts'
import { failsStep, type Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { headlineOf } from '../facts/headline.ts'
import { isSplitConfirmed } from '../facts/health/watched.ts'
import { problemsOf } from '../facts/problems.ts'
import { editsFile } from '../facts/subject.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'
import { metricCases } from './metric-cases.ts'
import { PASSED, type TestCase, type TestResult } from './test-case.ts'

/** The parts of a run as tests, in the order of time. A run that does not end well has at least one that did not pass. */
export function testCases(record: RunRecord, outcome: Outcome): TestCase[] {
  const cases = [
    beginning(record, outcome),
    ...outcome.checks.flatMap((check, index) => casesOfCheck(record, outcome, check, index)),
    ...untaken(record, outcome),
    ...rollback(record, outcome),
  ]
  if (!failsStep(outcome) || cases.some(isBad)) return cases
  return [...cases, { name: 'End of the run', result: endOf(record, outcome) }]
}

function isBad({ result }: TestCase): boolean {
  return result.kind === 'failure' || result.kind === 'error'
}

/** What comes before the first check; all of a run that has none. */
function beginning(record: RunRecord, outcome: Outcome): TestCase {
  const [first] = record.ramp
  const hasEnded = outcome.checks.length === 0 && failsStep(outcome)
  return {
    name: beginningName(record, outcome),
    tookMs: first?.kind === 'preflight' ? first.endMs - first.startMs : undefined,
    result: hasEnded ? endOf(record, outcome) : PASSED,
  }
}

function beginningName(record: RunRecord, { reason }: Outcome): string {
  if (reason === 'input' || record.options === undefined) return 'Inputs'
  if (editsFile(record)) return 'Manifest'
  switch (record.options.mode) {
    case 'rollback':
      return 'Rollback of an interrupted run'
    case 'status':
      return 'Status'
    default:
      return 'Preflight checks'
  }
}

/** The split of a step, its health where that is tested, and its metrics. */
function casesOfCheck(
  record: RunRecord,
  outcome: Outcome,
  check: Check,
  index: number,
): TestCase[] {
  const name = stepName(record, check, index)
  const isLast = index === outcome.checks.length - 1
  const decides = isLast && failsStep(outcome)
  const metrics = metricCases(check, name)
  const isOfHealth = ['unhealthy', 'health-undecided'].includes(outcome.reason)
  const isOfMetric = metrics.some(isBad)
  const split = decides && !isOfMetric && !isSplitConfirmed(check)
  const health = decides && !isOfMetric && isOfHealth
  const spans = spansOf(record, index)
  const all: TestCase[] = [
    {
      name,
      tookMs: lengthOf(spans, 'check'),
      result: split ? (health && check.health ? CUT_SHORT : endOf(record, outcome)) : PASSED,
    },
  ]
  if (check.health)
    all.push({
      name: `${name}: health`,
      tookMs: lengthOf(spans, 'settle', 'watch'),
      result: health ? endOf(record, outcome) : check.ended === 'pass' ? PASSED : NOT_DECIDED,
    })
  return [...all, ...metrics]
}

const CUT_SHORT: TestResult = {
  kind: 'skipped',
  message: 'Errors ended the check before the split was decided.',
}

const NOT_DECIDED: TestResult = {
  kind: 'skipped',
  message: 'The check ended for another reason before its health was decided.',
}

/** `Step 2 of 3: v1 50%, v2 50%`, and without steps `Split: v1 50%, v2 50%`. */
function stepName({ plan }: RunRecord, check: Check, index: number): string {
  const of = plan?.checks.length ?? 1
  const weights = percentsText(percentsOf(check.names, check.target))
  return of > 1 ? `Step ${index + 1} of ${of}: ${weights}` : `Split: ${weights}`
}

/** Steps that a run planned and did not reach. */
function untaken(record: RunRecord, outcome: Outcome): TestCase[] {
  if (!['shift', 'verify'].includes(record.options?.mode ?? '') || editsFile(record)) return []
  const planned = record.plan?.checks ?? []
  return planned.slice(outcome.checks.length).map((check, beyond) => ({
    name: stepName(record, check, outcome.checks.length + beyond),
    result: { kind: 'skipped', message: 'The run ended before this step.' },
  }))
}

function rollback(record: RunRecord, outcome: Outcome): TestCase[] {
  const hasFailed = outcome.reason === 'rollback-failed'
  if ((!outcome.rolledBack && !hasFailed) || record.options?.mode !== 'shift') return []
  const weights = outcome.lastStep?.weights ?? outcome.previousWeights
  return [
    {
      name: weights ? `Rollback: ${percentsText(weights)}` : 'Rollback',
      tookMs: lengthOf(record.ramp, 'restore', 'restore-check'),
      result: hasFailed ? endOf(record, outcome) : PASSED,
    },
  ]
}

/** Why the run did not end well: the headline, then everything that it says of it, each once. */
function endOf(record: RunRecord, outcome: Outcome): TestResult {
  const problems = problemsOf(record, outcome)
  const whys = new Set(problems.flatMap(({ what }) => what.split('\n')))
  const before = outcome.message.split('\n').filter((line) => !whys.has(line))
  const texts = problems.flatMap(({ what, remedy, code }) => [
    code === undefined ? what : `${what} [${code}]`,
    remedy,
  ])
  return {
    kind: outcome.verdict === 'error' ? 'error' : 'failure',
    type: outcome.reason,
    message: headlineOf(record, outcome),
    text: [...new Set([before.join('\n'), ...texts])].filter((text) => text !== '').join('\n'),
  }
}

/** The spans of a check: from the span that begins it up to that of the next check. */
function spansOf({ ramp }: RunRecord, index: number): readonly RampSpan[] {
  const starts = ramp.flatMap(({ kind }, at) => (kind === 'check' ? [at] : []))
  const start = starts[index]
  return start === undefined ? [] : ramp.slice(start, starts[index + 1])
}

/** undefined where there is none. */
function lengthOf(
  spans: readonly RampSpan[],
  ...kinds: readonly RampSpan['kind'][]
): number | undefined {
  const own = spans.filter(({ kind }) => kinds.includes(kind))
  if (own.length === 0) return undefined
  return own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
}
