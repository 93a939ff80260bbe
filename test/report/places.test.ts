import { expect, test } from 'vitest'
import { allLines } from '../../kit/report/logged.ts'
import { ALIKE_ZONES, OTHER_ZONE, someZone } from '../../kit/report/places.ts'
import { recordOf, STARTED, someCheck, someOutcome, somePlan } from '../../kit/report/run.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'
import type { PlaceSeen } from '../../src/rollout/model/place-seen.ts'

const RECORD = recordOf([STARTED, { kind: 'planned', plan: somePlan() }])

const DIFFERENCE =
  'europe-west1-d differs from most of the other zones in shares. At most 1% of runs name a zone that is like at least half of the others.'
const NO_DIFFERENCE = 'No zone was found to differ from the others. Latency is not tested.'

function outcomeOf(places: readonly PlaceSeen[]) {
  return someOutcome({ checks: [someCheck({ places })] })
}

function linesOf(places: readonly PlaceSeen[]): string[] {
  return allLines({ kind: 'check-ended', check: someCheck({ places }) })
}

test('the log has a line for each zone, the one that differs first, and says in what it does', () => {
  expect(linesOf([...ALIKE_ZONES, OTHER_ZONE]).slice(1)).toEqual([
    'info: By zone:',
    'info:   europe-west1-d: 104 connections, v2 62%, 4 unanswered, median 15 ms',
    'info:   europe-west1-b: 150 connections, v2 20%, 0 unanswered, median 3 ms',
    'info:   europe-west1-c: 150 connections, v2 20%, 0 unanswered, median 3 ms',
    `info: ${DIFFERENCE}`,
  ])
})

test('the log says that no place differs, and names ten of many', () => {
  const many = Array.from({ length: 12 }, (_, index) => someZone(`zone-${index}`))
  const lines = linesOf(many)
  expect(lines).toHaveLength(14)
  expect(lines.slice(-2)).toEqual([
    'info:   2 more, which the report shows.',
    `info: ${NO_DIFFERENCE}`,
  ])
})

test('of two places that differ, both are named, and in failures where errors are seen', () => {
  const [one, two] = ALIKE_ZONES.map((zone) => ({ ...zone, differs: ['failures' as const] }))
  if (one === undefined || two === undefined) throw new Error('there are two')
  const failing = { ...two, errors: [0, 24] }
  expect(linesOf([{ ...one, errors: [0, 0] }, failing]).slice(2)).toEqual([
    'info:   europe-west1-b: 150 connections, v2 20%, 0 errors or unanswered, median 3 ms',
    'info:   europe-west1-c: 150 connections, v2 20%, 24 errors or unanswered, median 3 ms',
    'info: europe-west1-b and europe-west1-c differ from each other in errors and unanswered samples. At most 1% of runs name a zone that is like at least half of the others.',
  ])
})

test('the summary shows a place that differs in the open, and places that are alike among the details', () => {
  const differing = summaryOf(RECORD, outcomeOf([...ALIKE_ZONES, OTHER_ZONE]))
  const row = '| europe-west1-d | 2 | 104 | 62% ✘ | 4 of 104 | 15 ms | 70 ms |'
  expect(differing).toContain(row)
  expect(differing.indexOf(row)).toBeLessThan(differing.indexOf('<details>'))
  expect(differing).toContain(DIFFERENCE)
  const alike = summaryOf(RECORD, outcomeOf(ALIKE_ZONES))
  expect(alike.indexOf(NO_DIFFERENCE)).toBeGreaterThan(alike.indexOf('<details>'))
})

test('the page has a table of the places with a bar of the share', () => {
  const html = pageOf(RECORD, outcomeOf([...ALIKE_ZONES, OTHER_ZONE]))
  expect(html).toContain('<h3>By zone</h3>')
  expect(html).toContain(DIFFERENCE)
  expect(html).toMatch(/class="share"><svg[^>]*>.*?<\/svg> 62% <span class="bad">✘<\/span>/)
})

test('a run with samples from one place says nothing of places', () => {
  expect(allLines({ kind: 'check-ended', check: someCheck() })).toHaveLength(1)
  expect(pageOf(RECORD, someOutcome())).not.toContain('By zone')
  expect(summaryOf(RECORD, someOutcome())).not.toContain('differ')
})
