import { describe, expect, test } from 'vitest'
import { someCheck } from '../../../kit/report/run.ts'
import type { HostCounters, ProxyCounters } from '../../../src/evidence/proxies/host-counters.ts'
import { type AbortCause, Aborted } from '../../../src/problem/aborted.ts'
import { drainText } from '../../../src/report/facts/proxies/drain-text.ts'
import { lookForDrain } from '../../../src/rollout/drain/look-for-drain.ts'
import type { Context } from '../../../src/rollout/model/context.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { CheckingState } from '../../../src/rollout/run-state.ts'

const OPEN = { openConnections: 3, connections: 9 } as unknown as HostCounters
const COUNTERS: ProxyCounters = new Map([['v1', new Map([['10.0.0.1:80', OPEN]])]])

/** Two proxies that have three connections open, each of which is read so often. Then the run is ended, for this cause. */
async function drainedUntil(why: AbortCause, readings: number) {
  const end = new AbortController()
  let asked = 0
  let ms = 0
  const counters = async (signal: AbortSignal) => {
    asked += 1
    if (asked <= 2 * readings) return COUNTERS
    if (asked === 2 * readings + 2) end.abort(new Aborted(why))
    return new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason)
      else signal.addEventListener('abort', () => reject(signal.reason))
    })
  }
  const members = ['a', 'b'].map((name) => ({
    pod: { uid: name, namespace: 'n', name },
    admin: { counters },
  }))
  const findings: string[] = []
  const emit = (event: RunEvent) => {
    if (event.kind !== 'finding') return
    findings.push(event.finding.what, event.finding.remedy)
  }
  const nowMs = () => {
    ms += 2000
    return ms
  }
  const context = { emit, nowMs, countersEveryMs: 1, options: { drainTimeoutMs: 60_000 } }
  const state = {
    counting: {
      proxies: { members: () => members, refresh: async () => false },
      destinationOf: () => 0,
      filter: undefined,
    },
    shiftPlan: { unit: 'connection' },
    checks: [someCheck({ target: [0, 1] })],
  }
  const drain = await lookForDrain(
    context as unknown as Context,
    state as unknown as CheckingState,
    end.signal,
  )
  return { drain, findings, text: drain && drainText(drain, 99) }
}

describe('a run that is ended while it waits for connections in progress', () => {
  test('by a cancel says what was read last, and that it was cancelled', async () => {
    const { drain, findings, text } = await drainedUntil({ kind: 'cancelled' }, 2)
    expect(drain).toMatchObject({ ended: 'in-progress', stoppedBy: 'cancelled' })
    expect(drain).toMatchObject({ proxies: { read: 2, total: 2 }, inProgress: [6, 0] })
    expect(findings).toEqual([
      'The weights are confirmed, but the run was cancelled while it waited for what is in progress. After 2 s, v1 had 6 connections in progress.',
      'Wait before you scale v1 down.',
    ])
    expect(text).toMatch(
      /^The 2 proxies of this rule had 6 connections in progress for v1 after 2 s, when they were read last\. The run was cancelled while it waited for what is in progress\. /,
    )
  })

  test('by its own time limit says what was read last, and names that limit', async () => {
    const { drain, findings, text } = await drainedUntil({ kind: 'run-time' }, 2)
    expect(drain).toMatchObject({ ended: 'in-progress', stoppedBy: 'run-time' })
    expect(findings).toEqual([
      'The weights are confirmed, but the time limit of the run (timeout) was over while it waited for what is in progress. After 2 s, v1 had 6 connections in progress.',
      'Wait before you scale v1 down, or raise timeout.',
    ])
    expect(text).toContain('The time limit of the run (timeout) was over while it waited')
  })

  test('before it has read a proxy says that nothing is known, and why', async () => {
    const { drain, findings, text } = await drainedUntil({ kind: 'cancelled' }, 0)
    expect(drain).toMatchObject({ ended: 'unknown', stoppedBy: 'cancelled' })
    expect(findings[0]).toBe(
      'The weights are confirmed, but the run was cancelled while it waited for what is in progress. How much that is was not known.',
    )
    expect(text).toBe(
      'What is in progress for v1 is not known, because the run was cancelled when 0 of 2 proxies were read.',
    )
  })
})
