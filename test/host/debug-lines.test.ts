import { expect, test } from 'vitest'
import { someCheck } from '../../kit/report/run.ts'
import { debugLines } from '../../src/host/debug-lines.ts'

test('a write and a confirmed check have the words that scripts wait for as debug lines', () => {
  const weights = { v1: 80, v2: 20 }
  const written = { kind: 'written', weights, number: 1, of: 1, tookMs: 5 } as const
  expect(debugLines(written)).toEqual([{ level: 'debug', text: 'Write and prove v1 80%, v2 20%' }])
  const check = someCheck({ names: ['v1', 'v2'], target: [0.8, 0.2], ended: 'pass' })
  expect(debugLines({ kind: 'check-ended', check })).toEqual([
    { level: 'debug', text: 'proven: v1 80%, v2 20%' },
  ])
})

test('the connections before the write and the restore for an interrupted run have such words too', () => {
  const replies = { samples: 5, byDestination: { v1: 100 }, unclassified: 0 }
  expect(debugLines({ kind: 'preflight-replies', ...replies })).toMatchObject([
    { text: 'preflight: 5 connections' },
  ])
  expect(debugLines({ kind: 'recovering', run: 'run 7', keeps: false })).toMatchObject([
    { text: 'found the journal of run 7, undoing it first' },
  ])
})

test('other events have no debug line', () => {
  expect(debugLines({ kind: 'dry-run-accepted' })).toEqual([])
  expect(debugLines({ kind: 'check-ended', check: someCheck({ ended: 'off-target' }) })).toEqual([])
})
