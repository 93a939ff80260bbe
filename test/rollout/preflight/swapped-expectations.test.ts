import { expect, test } from 'vitest'
import { findUnaskedReplies } from '../../../src/rollout/preflight/swapped-expectations.ts'

const RUN = {
  api: { context: 'sandbox' },
  options: {
    namespace: 'demo',
    mode: 'shift' as 'shift' | 'verify',
    object: { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' },
    expect: [
      { destination: 'v1', pattern: /^one/ },
      { destination: 'v2', pattern: /^two/ },
    ],
    propagationTimeoutMs: 15_000,
  },
  workloads: { context: 'sandbox' },
}
const SHIFT_PLAN = {
  edit: { names: ['v1', 'v2'], presentShares: [1, 0] },
  sinceChangeMs: undefined as number | undefined,
}
const REPLY_COUNTS = { counts: [6, 4], unclassified: 0 }

test('replies of a destination without weight are a warning that names it, expect and the gateway', () => {
  expect(findUnaskedReplies(RUN, SHIFT_PLAN, REPLY_COUNTS)).toEqual([
    expect.objectContaining({
      severity: 'warning',
      what: 'Replies of v2 came, although tcp-echo has 0% for it.',
      remedy: expect.stringMatching(/\(v1: \/\^one\/, v2: \/\^two\/\)[\s\S]*proxy-status/),
    }),
  ])
})

test('nothing is said where the destination has weight, where the object was changed just now, or in verify', () => {
  const weighted = { ...SHIFT_PLAN, edit: { ...SHIFT_PLAN.edit, presentShares: [0.6, 0.4] } }
  expect(findUnaskedReplies(RUN, weighted, REPLY_COUNTS)).toEqual([])
  expect(findUnaskedReplies(RUN, { ...SHIFT_PLAN, sinceChangeMs: 14_000 }, REPLY_COUNTS)).toEqual(
    [],
  )
  const verify = { ...RUN, options: { ...RUN.options, mode: 'verify' as const } }
  expect(findUnaskedReplies(verify, SHIFT_PLAN, REPLY_COUNTS)).toEqual([])
})
