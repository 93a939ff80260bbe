import { expect, test } from 'vitest'
import { runPhases } from '../../../kit/bench/run/phases.ts'

const BEGAN = '2026-03-01T10:00:00.100Z'

/** A run that was written at 150 ms, switched 90 ms later, and passed in its second attempt. */
const REPORT = {
  startedAt: BEGAN,
  ramp: [
    { kind: 'preflight', startMs: 1, endMs: 140 },
    { kind: 'write', startMs: 140, endMs: 150 },
    { kind: 'check', startMs: 150, endMs: 900 },
  ],
  timeline: [
    { atMs: 150, event: 'written' },
    { atMs: 912, event: 'finished' },
  ],
  checks: [
    {
      propagationMs: 90,
      attempts: [
        { startedMs: 60, tookMs: 50 },
        { startedMs: 210, tookMs: 540 },
      ],
    },
  ],
}

test('the phases of a run are those of its report, and its process is what lies around them', () => {
  const startedMs = Date.parse(BEGAN) - 100
  const phases = runPhases(REPORT, { startedMs, endedMs: startedMs + 1050 })
  expect(phases).toEqual({
    startMs: 100,
    preflightMs: 140,
    writeMs: 10,
    propagationMs: 90,
    // Of the first attempt only what came after the switch.
    samplingMs: 20 + 540,
    waitingMs: 750 - 90 - 560,
    settleMs: 12,
    endMs: 38,
  })
  expect(Object.values(phases).reduce((sum, ms) => sum + ms, 0)).toBe(1050)
})
