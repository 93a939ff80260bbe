import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { someMetric, someWatch } from '../../kit/report/health.ts'
import { oldProxy, someGap, someProxies } from '../../kit/report/proxies.ts'
import { latencyOf, SOME_START, someAttempt, someCheck, someOutcome } from '../../kit/report/run.ts'
import { classify, collector, reportSizes, undecidedCheckTask } from '../../kit/report/undecided.ts'
import { someHealth } from '../../kit/split/health.ts'
import { sampleFrom, seededRandom } from '../../kit/split/samples.ts'
import type { Dial } from '../../src/evidence/probe/connection-outcome.ts'
import { probeSource } from '../../src/evidence/probe/probe-source.ts'
import { startRecord } from '../../src/report/record.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'
import { startEvidence } from '../../src/rollout/check/evidence.ts'
import { withAttempt } from '../../src/rollout/check/follow-machine.ts'
import { runCheck } from '../../src/rollout/check/run-check.ts'
import type { Check, ProxiesSeen } from '../../src/rollout/model/check.ts'

const KIB = 1024
const MIB = 1024 * KIB
/** What docs/report.md says that no report is larger than, with up to ten destinations. */
const STATED = { json: bytesStated('report.json'), html: bytesStated('report.html') }
const collect = collector()

function bytesStated(file: string): number {
  const page = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8')
  const row = page.split('\n').find((line) => line.startsWith(`| \`${file}\` | `))
  const [, mebibytes] = /(\d+) MiB \|$/.exec(row ?? '') ?? []
  return Number(mebibytes) * MIB
}

function heapInUse(): number {
  collect()
  return process.memoryUsage().heapUsed
}

test('a hundred thousand connections, each with another reply, leave a small report and flat memory behind', async () => {
  const connections = 100_000
  const random = seededRandom(1)
  let nowMs = 0
  let dialled = 0
  let heapEarly = 0
  let heapLate = 0
  const { record, take } = startRecord(SOME_START, () => nowMs)
  const dial: Dial = (done) => {
    dialled += 1
    nowMs += 0.2
    if (dialled === connections / 5) heapEarly = heapInUse()
    if (dialled === connections) heapLate = heapInUse()
    if (dialled % 100 === 0) {
      const call = { method: 'GET', path: '/a', outcome: 503, startedMs: nowMs, tookMs: 1 }
      take({ kind: 'api-call', call })
    }
    const lost = dialled % 1000 === 0
    const text = `${lost ? 'three' : sampleFrom([0.5, 0.5], random) === 0 ? 'one' : 'two'} ${dialled}`
    const answer = setImmediate(() => done({ kind: 'reply', text }))
    return () => clearImmediate(answer)
  }
  const clock = () => nowMs
  const source = probeSource({ dial, classify, concurrency: 16, paces: [], nowMs: clock })
  const task = undecidedCheckTask(connections, { source, emit: take, nowMs: clock })
  const check = await runCheck(task)
  expect(record.samples).toBe(connections)
  expect(check.attempts).toMatchObject([{ samples: connections, unclassified: connections / 1000 }])
  expect(record.apiCalls.length + record.leftOut.apiCalls).toBe(connections / 100)
  expect(heapLate - heapEarly).toBeLessThan(2 * MIB)
  const outcome = someOutcome({ checks: [check] })
  const { json, html } = reportSizes(record, outcome)
  expect(json).toBeLessThan(64 * KIB)
  expect(html).toBeLessThan(128 * KIB)
  expect(Buffer.byteLength(summaryOf(record, outcome))).toBeLessThan(16 * KIB)
})

/** As large as a check gets: ten destinations, attempts without end, every kind of failure with the longest example. */
function largestCheck(): Check {
  const names = Array.from({ length: 10 }, (_, index) => `destination-${index}`)
  const each = <T>(value: T) => names.map(() => value)
  let check = someCheck({
    names,
    target: each(0.1),
    old: each(0.1),
    tolerance: each(0.05),
    attempts: [],
  })
  const example = '\u0001'.repeat(120)
  const kinds = ['closed', 'reset', 'refused', 'timeout', 'failed', 'unknown reply'] as const
  const fromKinds = <T>(value: T) => Object.fromEntries(kinds.map((kind) => [kind, value]))
  for (let number = 1; number <= 100; number += 1) {
    let samples = 0
    const evidence = startEvidence(() => ({
      atMs: samples,
      counts: each(samples),
      unclassified: samples,
    }))
    for (; samples < 400; samples += 1) evidence.observe()
    check = withAttempt(
      check,
      someAttempt({
        number,
        counts: each(1_000_000),
        outcomes: fromKinds(1_000_000),
        examples: { ...fromKinds(example), failed: example + example },
        intervals: each([0.05, 0.15] as const),
        evidence: evidence.points(),
        decision: 'off-target',
      }),
    )
  }
  return { ...check, ...largestHealth(names), proxies: largestProxies(each(0.1)) }
}

/** A thousand proxies with the longest names, none of which took the weights. */
function largestProxies(shares: readonly number[]): ProxiesSeen {
  const long = '\u0001'.repeat(10_000)
  const proxies = Array.from({ length: 1000 }, (_, index) =>
    oldProxy(`${'n'.repeat(63)}/${'p'.repeat(249)}${index}`, { shares, why: long }),
  )
  return someProxies(proxies, { status: 'stale', notes: Array.from({ length: 100 }, () => long) })
}

/** Every question about every destination, with courses, examples and results of metrics without end. */
function largestHealth(names: readonly string[]): Partial<Check> {
  const each = <T>(value: T) => names.map(() => value)
  const latency = latencyOf(...Array.from({ length: 200 }, (_, index) => 0.1 * 1.07 ** index))
  const course = Array.from({ length: 200 }, (_, index) => ({
    atMs: index * 18_000,
    replies: each(index * 5000),
    errors: each(index * 10),
    unattributedErrors: index,
  }))
  const questions = [
    { kind: 'compare' },
    { kind: 'max-errors', limit: 0.01 },
    { kind: 'max-latency', limit: 0.01, overMs: 250 },
  ] as const
  const samples = { samples: 1_000_000, events: 1000 }
  const states = names.flatMap((_, destination) =>
    questions.map((question) => ({
      ...{ question, destination, ...samples },
      status: 'passed' as const,
      pass: { ...samples, unattributed: 10, spanMs: 60_000 },
      heldBackBy: undefined,
      interval: [0.0012345, 0.0123456] as const,
    })),
  )
  const watch = someWatch({ counts: each(1_000_000), tallies: each({ ok: 999_000, errors: 1000 }) })
  return {
    health: someHealth({
      tallies: each({ ok: 999_000, errors: 1000 }),
      unattributed: 10,
      states,
    }),
    healthCourse: course,
    latencies: [...each(latency), latency],
    settle: watch,
    watch: { ...watch, startedMs: 1_800_000 },
    errorExamples: each('\u0001'.repeat(120)),
    metrics: Array.from({ length: 200 }, (_, index) =>
      someMetric({ name: 'm'.repeat(100), query: 'q'.repeat(MIB), destination: index % 10 }),
    ),
  }
}

test('a run of a hundred weights, with attempts, calls and warnings without end and texts of a megabyte, stays within the stated bound', () => {
  let nowMs = 0
  const { record, take } = startRecord(SOME_START, () => nowMs)
  const long = 'x'.repeat(MIB)
  const finding = {
    severity: 'warning',
    code: 'ITS-NO-READY-ENDPOINTS',
    reason: 'preflight',
    what: long,
    remedy: long,
  } as const
  for (let count = 0; count < 1000; count += 1) {
    nowMs += 1
    take({ kind: 'finding', finding })
    take({ kind: 'count-gap', gap: someGap('hosts') })
    take({
      kind: 'api-call',
      call: { method: 'PATCH', path: long, outcome: long, startedMs: nowMs, tookMs: 1 },
    })
  }
  const check = largestCheck()
  expect(check.attempts.map(({ number }) => number).slice(0, 5)).toEqual([1, 2, 3, 4, 89])
  expect(check.attemptsLeftOut).toBe(100 - 16)
  take({ kind: 'restore-checked', check })
  const cost = { connectionsMean: 1, connectionsMost: 1, connectingMs: 1, pausesMs: 0 }
  // A tag around each line is the most that a page makes of it.
  take({ kind: 'would-change', diff: '\n+'.repeat(MIB), cost, confidencePercent: 99 })
  const outcome = someOutcome({
    message: long,
    remedy: long,
    checks: Array.from({ length: 100 }, () => ({ ...check })),
  })
  const found = reportSizes(record, outcome)
  expect(found.json).toBeLessThan(STATED.json)
  expect(found.html).toBeLessThan(STATED.html)
  expect(record.leftOut).toEqual({ warnings: 960, apiCalls: 900, timeline: 1802, countGaps: 960 })
  expect(found.page).toContain('900 calls between the first and the last are not shown')
})
