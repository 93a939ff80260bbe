import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import { rfc3339 } from '../facts/clock.ts'
import type { RunRecord } from '../record.ts'
import { LONGEST_REMEDY, shortened } from '../shortened.ts'
import type { TestCase } from './test-case.ts'
import { testCases } from './test-cases.ts'
import { element, elementText } from './xml.ts'

/**
 * A run as JUnit XML: one suite, with a test for each of its parts. It has only what Jenkins' schema junit-10.xsd has,
 * which GitLab, Azure Pipelines and CircleCI read too. Properties are of the suite: that schema has none of a test.
 *
 * @param redact takes secrets out of a text, before it is escaped
 */
export function junitOf(
  record: RunRecord,
  outcome: Outcome,
  redact: (text: string) => string,
): string {
  const name = redact(suiteName(record))
  const cases = testCases(record, outcome)
  const totals = totalsOf(cases, record.tookMs)
  const suite = element(
    'testsuite',
    { name, ...totals, skipped: count(cases, 'skipped'), timestamp: timestamp(record) },
    [
      element('properties', {}, properties(record, outcome, redact)),
      ...cases.map((each) => caseText(each, name, redact)),
    ],
  )
  const suites = element('testsuites', { name: 'istio-traffic-shift', ...totals }, [suite])
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}\n`
}

/** `VirtualService demo/tcp-echo`, as far as it is known. */
function suiteName({ objectKind, object, manifest }: RunRecord): string {
  const known = [objectKind, object].filter((text) => text !== undefined)
  return known.length > 0 ? known.join(' ') : (manifest ?? 'istio-traffic-shift')
}

function totalsOf(cases: readonly TestCase[], tookMs: number) {
  return {
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    time: seconds(tookMs),
  }
}

function count(cases: readonly TestCase[], kind: TestCase['result']['kind']): number {
  return cases.filter(({ result }) => result.kind === kind).length
}

/** Some readers take only whole seconds, and no zone. It is UTC. */
function timestamp(record: RunRecord): string {
  return rfc3339(record, 0).slice(0, 19)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function properties(
  record: RunRecord,
  { verdict, reason, previousWeights, weights }: Outcome,
  redact: (text: string) => string,
): string[] {
  const given = {
    verdict,
    reason,
    'previous-weights': previousWeights && percentsText(previousWeights),
    weights: weights && percentsText(weights),
    rule: record.plan?.rule,
    version: record.version,
    run: record.by,
  }
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [element('property', { name, value: redact(value) })],
  )
}

function caseText(
  { name, tookMs = 0, result }: TestCase,
  classname: string,
  redact: (text: string) => string,
): string {
  const short = (text: string) => shortened(redact(text), LONGEST_REMEDY)
  const attributes = { name: short(name), classname, time: seconds(tookMs) }
  if (result.kind === 'passed') return element('testcase', attributes)
  const message = short(result.message)
  const inner =
    result.kind === 'skipped'
      ? element('skipped', { message })
      : element(result.kind, { type: result.type, message }, [elementText(short(result.text))])
  return element('testcase', attributes, [inner])
}
