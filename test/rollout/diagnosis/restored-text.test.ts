import { expect, test } from 'vitest'
import { someAttempt, someCheck, someDiagnosis } from '../../../kit/report/run.ts'
import { restoredText } from '../../../src/rollout/diagnosis/restored-text.ts'
import type { Cause, Diagnosis } from '../../../src/split/diagnosis/diagnosis.ts'

const PREVIOUS = { weights: 'v1 80%, v2 20%', isStep: false }

const ALPHA = 0.01

/** A check of 80/20 after a restore, which time cut short. */
function undecided(cause: Cause, changes: Partial<Diagnosis> = {}) {
  const diagnosis = { ...someDiagnosis(cause), seen: { counts: [29_659, 7377], unclassified: 0 } }
  return someCheck({ ended: undefined, old: [0.5, 0.5], diagnosis: { ...diagnosis, ...changes } })
}

test.each([
  [
    'confirmed',
    someCheck({ attempts: [someAttempt({ counts: [1640, 419] })] }),
    'The previous weights are restored (v1 80%, v2 20%), and the gateway uses them: observed v1 80%, v2 20% of 2,059 connections.',
  ],
  [
    'a fit that time did not allow to confirm',
    undecided({ kind: 'target' }),
    'The previous weights are restored (v1 80%, v2 20%). The split fits them (v1 80.08%, v2 19.92% of 37,036 connections), but time ran out before they were confirmed.',
  ],
  [
    'a fit that the connections did not confirm',
    undecided({ kind: 'target' }, { ended: 'connections' }),
    'The previous weights are restored (v1 80%, v2 20%). The split fits them (v1 80.08%, v2 19.92% of 37,036 connections), but the connections that were allowed did not confirm them.',
  ],
  [
    'a fit with both',
    undecided({ kind: 'target-or-previous' }, { seen: { counts: [13, 7], unclassified: 0 } }),
    "The previous weights are restored (v1 80%, v2 20%). The split fits them and this run's weights alike (v1 65%, v2 35% of 20 connections), but time ran out before they were confirmed.",
  ],
  [
    'a fit with swapped expectations',
    undecided(
      { kind: 'swapped', order: [1, 0], of: 'target' },
      { seen: { counts: [60, 240], unclassified: 0 } },
    ),
    'The previous weights are restored (v1 80%, v2 20%). The split fits them if expressions are swapped in expect: v1 20%, v2 80% of 300 connections.',
  ],
  [
    'refuted',
    undecided({ kind: 'previous' }, { seen: { counts: [150, 150], unclassified: 0 } }),
    'The previous weights are restored on the object (v1 80%, v2 20%), but the gateway does not use them: observed v1 50%, v2 50% of 300 connections.',
  ],
  [
    'connections that go on unanswered',
    undecided(
      { kind: 'unanswered', destination: 1 },
      { seen: { counts: [26, 0], unclassified: 9 } },
    ),
    'The previous weights are restored (v1 80%, v2 20%). Whether the gateway uses them is not known, because connections still get no recognized reply: 9 of 35 connections (7 refused, 3 with a reply that no expression matches (for example "three hello")).',
  ],
  [
    'a gateway that refuses connections',
    {
      ...undecided({ kind: 'gateway-refuses' }, { seen: { counts: [0, 0], unclassified: 2 } }),
      attempts: [
        someAttempt({ counts: [0, 0], unclassified: 2, outcomes: { refused: 2 }, examples: {} }),
      ],
    },
    'The previous weights are restored (v1 80%, v2 20%). Whether the gateway uses them is not known, because the gateway refuses connections: 2 of 2 connections (2 refused).',
  ],
  [
    'connections at one destination',
    undecided(
      { kind: 'one-destination', destination: 0 },
      { seen: { counts: [300, 0], unclassified: 0 } },
    ),
    'The previous weights are restored (v1 80%, v2 20%). Whether the gateway uses them cannot be judged from its replies: v1 100%, v2 0% of 300 connections.',
  ],
  [
    'no connection',
    undecided({ kind: 'nothing' }, { seen: { counts: [0, 0], unclassified: 0 } }),
    'The previous weights are restored (v1 80%, v2 20%). Whether the gateway uses them was not checked.',
  ],
  [
    'no check',
    undefined,
    'The previous weights are restored (v1 80%, v2 20%). Whether the gateway uses them was not checked.',
  ],
])('the text after a restore reports %s', (_, check, says) => {
  expect(restoredText(PREVIOUS, check, ALPHA)).toBe(says)
})

test('the text after a restore warns of a late push if the gateway never used the new weights', () => {
  const restored = someCheck({ attempts: [someAttempt({ counts: [1640, 419] })] })
  expect(restoredText(PREVIOUS, restored, ALPHA, someCheck({ ended: 'not-propagated' }))).toBe(
    "The previous weights are restored (v1 80%, v2 20%), and the gateway still uses them: observed v1 80%, v2 20% of 2,059 connections. It never used this run's weights, so a late configuration push may still apply them for a moment. Verify the split again when the gateway is in sync.",
  )
})

test('the connections of a restored check are all that count, and those after its decision are named', () => {
  const attempts = [
    someAttempt({ number: 1, counts: [80, 20], samples: 100, unclassified: 0 }),
    someAttempt({ number: 2, counts: [80, 20], samples: 100, unclassified: 0 }),
  ]
  expect(restoredText(PREVIOUS, someCheck({ attempts }), ALPHA)).toContain(
    'observed v1 80%, v2 20% of 200 connections.',
  )
  const refuted = undecided({ kind: 'previous' }, { seen: { counts: [150, 150], unclassified: 0 } })
  const further = { counts: [100, 100], unclassified: 0 }
  expect(restoredText(PREVIOUS, { ...refuted, further }, ALPHA)).toMatch(
    /of 300 connections\. Of these, 200 connections were opened after the decision, only to find its cause\.$/,
  )
})

test('the text after a restore names the last confirmed step if that is what was restored', () => {
  const step = { weights: 'v1 45%, v2 55%', isStep: true }
  expect(restoredText(step, undefined, ALPHA)).toBe(
    'The weights of the last confirmed step are restored (v1 45%, v2 55%). Whether the gateway uses them was not checked.',
  )
  const restored = someCheck({ attempts: [someAttempt({ counts: [1640, 419] })] })
  expect(restoredText(step, restored, ALPHA, someCheck({ ended: 'not-propagated' }))).toContain(
    'It never used the weights of the next step, so a late configuration push may still apply them for a moment.',
  )
})

test('the text after a restore of a rule of the mesh is about the mesh', () => {
  expect(restoredText({ ...PREVIOUS, splitter: 'mesh' }, undefined, ALPHA)).toBe(
    'The previous weights are restored (v1 80%, v2 20%). Whether the mesh uses them was not checked.',
  )
})
