import { expect, test } from 'vitest'
import { SOME_START, STARTED, someCheck, someOutcome, somePlan } from '../../../kit/report/run.ts'
import { eventObject } from '../../../src/host/notices/event-object.ts'
import { startNotices } from '../../../src/report/notices/notices.ts'
import { startRecord } from '../../../src/report/record.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const WRITTEN: RunEvent = {
  ...{ kind: 'written', weights: { v1: 80, v2: 20 }, number: 1, of: 1, tookMs: 3 },
}
const PLANNED: RunEvent = { kind: 'planned', plan: somePlan() }
const CONFIRMED: RunEvent = { kind: 'check-ended', check: someCheck() }

/** What each event lets the run say. */
function noticesOf(...events: readonly RunEvent[]): string[][] {
  const { record, take } = startRecord(SOME_START, () => 0)
  const notices = startNotices(record)
  return events.map((event) => {
    take(event)
    return notices(event).map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
  })
}

test('a confirmed step is said after the journal is removed, when no write of the run is on its way', () => {
  const [, , started, ended, removed, finished] = noticesOf(
    ...[STARTED, PLANNED, WRITTEN, CONFIRMED, { kind: 'journal-removed' } as const],
    { kind: 'finished', outcome: someOutcome() },
  )
  expect(started).toEqual([
    'Normal ShiftStarted: Shifting from v1 100%, v2 0% to v1 80%, v2 20%. Run: https://ci.example/run/7',
  ])
  expect(ended).toEqual([])
  expect(removed).toEqual([
    'Normal StepConfirmed: Shifted to v1 80%, v2 20%, confirmed by 410 connections at 99% confidence. Run: https://ci.example/run/7',
  ])
  expect(finished).toEqual([])
})

test('a rollback that failed is said with what is true of the object', () => {
  const outcome = someOutcome({ verdict: 'error', reason: 'rollback-failed' })
  const last = noticesOf(STARTED, PLANNED, WRITTEN, { kind: 'finished', outcome }).at(-1)
  expect(last).toEqual([
    expect.stringMatching(/^Warning RollbackFailed: demo\/tcp-echo: .*\. Run: https:/),
  ])
})

test('a run that wrote nothing says nothing, whatever its end', () => {
  const outcome = someOutcome({ verdict: 'error', reason: 'preflight', checks: [] })
  expect(noticesOf(STARTED, PLANNED, { kind: 'finished', outcome })).toEqual([[], [], []])
})

test('an Event stays within the limits of the API server, whatever the texts are', () => {
  const subject = { kind: 'VirtualService', apiVersion: 'v1', namespace: 'n', uid: 'u' }
  const name = `${'a'.repeat(229)}-${'b'.repeat(20)}`
  const at = new Date('2026-11-26T11:02:03.456Z')
  const notice = { type: 'Normal', reason: 'StepConfirmed', action: 'Shift', at } as const
  const object = eventObject(
    { ...subject, name },
    { ...notice, message: '€'.repeat(400) },
    'r'.repeat(500),
  )
  const { metadata, message, reportingInstance } = object as Record<string, string> & {
    metadata: { name: string }
  }
  expect(metadata.name).toMatch(/^a{229}\.[0-9a-f]{16}$/)
  expect(message).toBe(`${'€'.repeat(340)}...`)
  expect(reportingInstance).toHaveLength(128)
  expect(object).toMatchObject({
    eventTime: '2026-11-26T11:02:03.456000Z',
    firstTimestamp: '2026-11-26T11:02:03Z',
  })
})
