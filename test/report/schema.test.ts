import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import {
  healthyCheck,
  MAX_ERRORS,
  MAX_LATENCY,
  someMetric,
  someState,
  someWatch,
} from '../../kit/report/health.ts'
import { readJunit } from '../../kit/report/junit.ts'
import { ALIKE_ZONES, OTHER_ZONE } from '../../kit/report/places.ts'
import { someDrain, someGap, someProxies, someProxy } from '../../kit/report/proxies.ts'
import { recordOf, STARTED, someAttempt, someCheck, someOutcome } from '../../kit/report/run.ts'
import { KIND_NAMES, type KindName, runKind } from '../../kit/run/kinds-of-run.ts'
import { isObject, type Json, parseJson } from '../../sandbox/objects/json.ts'
import { REPORT_SCHEMA, reportOf } from '../../src/report/json/report-json.ts'
import { junitOf } from '../../src/report/junit/junit.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'
import { failsStep } from '../../src/rollout/model/outcome.ts'
import type { Decision } from '../../src/split/judge/judge.ts'

const DOCS = path.resolve(import.meta.dirname, '..', '..', 'docs')
const schema = parseJson(readFileSync(path.join(DOCS, 'report.schema.json'), 'utf8'))
if (!isObject(schema)) throw new Error('report.schema.json has no object')
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const validate = ajv.compile(schema)

/** What is wrong with a report; nothing where it fits. */
function wrong(report: Json): string[] {
  validate(report)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** A report as it is in the file. */
function written(report: object): Json {
  return parseJson(JSON.stringify(report))
}

const VERDICTS: Readonly<Record<KindName, string>> = {
  pass: 'pass',
  ramp: 'pass',
  'three destinations': 'pass',
  'fail and rollback': 'fail',
  'no reply': 'fail',
  plan: 'planned',
  manifest: 'planned',
  verify: 'pass',
  limits: 'pass',
  'alarm of a watch': 'fail',
  'cut off': 'inconclusive',
  'locked by another run': 'error',
  status: 'in-progress',
  'rollback of another run': 'restored',
  'rollback failed': 'error',
  'wrong input': 'error',
  'refused by the API server': 'error',
  hostile: 'fail',
}

/** All of them: the type requires each. */
const DECISIONS = Object.keys({
  pass: true,
  'off-target': true,
  'no-reply': true,
  dependent: true,
} satisfies Record<Decision, true>) as Decision[]

describe('the JSON Schema of report.json', () => {
  test.each(KIND_NAMES)(
    'fits a run of the kind, as the schema of JUnit XML does: %s',
    async (name) => {
      const { outcome, record } = await runKind(name)
      expect(outcome.verdict).toBe(VERDICTS[name])
      expect(wrong(written(reportOf(record, outcome)))).toEqual([])
      // The run is made once for both: it takes longer than what is tested of it.
      const suite = readJunit(junitOf(record, outcome, (text) => text))
      const bad = Number(suite.attributes.failures) + Number(suite.attributes.errors)
      expect(bad > 0).toBe(failsStep(outcome))
    },
  )

  const report = written(reportOf(recordOf([STARTED]), someOutcome()))

  test('fits a check with limits, a watch and metrics', () => {
    const noValue = someMetric({ found: { kind: 'no-value', why: { kind: 'no-data' } } })
    const check = someCheck({
      ...healthyCheck(
        someState(MAX_ERRORS),
        someState(MAX_LATENCY),
        someState({ kind: 'compare' }),
      ),
      settle: someWatch({ lastsMs: undefined, samplesPerSecond: undefined, ended: 'over' }),
      watch: someWatch({ ended: 'alarm', tallies: undefined }),
      metrics: [someMetric(), noValue],
    })
    const watching = { kind: 'watching', check, now: someWatch({ ended: 'over' }) } as const
    const outcome = someOutcome({ checks: [check, check] })
    expect(wrong(written(reportOf(recordOf([STARTED, watching]), outcome)))).toEqual([])
  })

  test.each(DECISIONS)('fits an attempt that was decided as %s', (decision) => {
    const check = someCheck({ attempts: [someAttempt({ decision })] })
    const outcome = someOutcome({ checks: [check] })
    expect(wrong(written(reportOf(recordOf([STARTED]), outcome)))).toEqual([])
  })

  test('fits a check with proxies in each state, and what they have in progress', () => {
    const states = ['confirmed', 'old', 'mixed', 'absent', 'unreadable', 'gone'] as const
    const proxies = states.map((state) =>
      someProxy(`n/${state}`, { state, shares: [1, 0], why: 'long '.repeat(1000) }),
    )
    const many = Array.from({ length: 200 }, (_, index) => someProxy(`n/${index}`))
    const seen = someProxies([...proxies, ...many], { status: 'stale', notes: ['A note.'] })
    const check = someCheck({ proxies: seen })
    const outcome = someOutcome({ checks: [check], drain: someDrain() })
    const gaps = [someGap('hosts'), someGap('gone')].map(
      (gap): RunEvent => ({ kind: 'count-gap', gap }),
    )
    expect(wrong(written(reportOf(recordOf([STARTED, ...gaps]), outcome)))).toEqual([])
  })

  test('fits checks of samples from several places', () => {
    const check = someCheck({ places: [...ALIKE_ZONES, { ...OTHER_ZONE, errors: [0, 3] }] })
    const report = reportOf(recordOf([STARTED]), someOutcome({ checks: [check, check] }))
    expect(wrong(written(report))).toEqual([])
    expect(report).toMatchObject({
      checks: [{ places: [{ name: OTHER_ZONE.name }] }, { places: { length: 3 } }],
    })
  })

  test('requires every field and allows no other, at any depth', () => {
    expect(wrong(report)).toEqual([])
    const objects = objectsIn(schema).filter((one) => isObject(one.properties))
    expect(objects.length).toBeGreaterThan(10)
    for (const one of objects) {
      expect(one.additionalProperties).toBe(false)
      expect(one.required).toEqual(Object.keys(isObject(one.properties) ? one.properties : {}))
    }
  })

  test('has no field that a report does not have', () => {
    const check = someCheck()
    const full = reportOf(
      recordOf([STARTED, { kind: 'restore-checked', check }]),
      someOutcome({ checks: [check] }),
    )
    if (!isObject(schema.properties ?? null)) throw new Error('no properties')
    expect(Object.keys(full)).toEqual(Object.keys(schema.properties ?? {}))
  })

  test('has the number that reports have', () => {
    expect(schema.properties).toMatchObject({ schema: { const: REPORT_SCHEMA } })
  })

  test('names no field that docs/report.md does not explain', () => {
    const words = readFileSync(path.join(DOCS, 'report.md'), 'utf8')
    const names = objectsIn(schema).flatMap(({ properties }) =>
      isObject(properties ?? null) ? Object.keys(properties ?? {}) : [],
    )
    expect(names.filter((name) => !words.includes(`\`${name}\``))).toEqual([])
  })
})

/** Every object within a value, itself included. */
function objectsIn(value: Json): { [key: string]: Json }[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}
