import { expect, test } from 'vitest'
import { findUnaskedReplies } from '../../../src/rollout/preflight/unasked-replies.ts'

const RUN = {
  options: {
    mode: 'shift' as 'shift' | 'verify',
    virtualService: 'tcp-echo',
    expect: [
      { destination: 'v1', pattern: /^one/ },
      { destination: 'v2', pattern: /^two/ },
    ],
    propagationTimeoutMs: 15_000,
  },
  workloads: { context: 'sandbox' },
}
const SCENE = {
  edit: { names: ['v1', 'v2'], presentShares: [1, 0] },
  sinceChangeMs: undefined as number | undefined,
}
const HEARD = { counts: [6, 4], unclassified: 0 }

test('replies of a destination without weight are a warning that names it, expect and the gateway', () => {
  expect(findUnaskedReplies(RUN, SCENE, HEARD)).toEqual([
    expect.objectContaining({
      kind: 'warning',
      what: 'going by expect, replies came from v2, to which tcp-echo gives 0% before the write',
      mend: expect.stringMatching(/\(v1: \/\^one\/, v2: \/\^two\/\)[\s\S]*proxy-status/),
    }),
  ])
})

test('nothing is said where the destination has weight, where the object was changed just now, or in verify', () => {
  const weighted = { ...SCENE, edit: { ...SCENE.edit, presentShares: [0.6, 0.4] } }
  expect(findUnaskedReplies(RUN, weighted, HEARD)).toEqual([])
  expect(findUnaskedReplies(RUN, { ...SCENE, sinceChangeMs: 14_000 }, HEARD)).toEqual([])
  const verify = { ...RUN, options: { ...RUN.options, mode: 'verify' as const } }
  expect(findUnaskedReplies(verify, SCENE, HEARD)).toEqual([])
})
