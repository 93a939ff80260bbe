import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { diagnose } from '../../../src/split/diagnosis/diagnose.ts'
import type { Evidence } from '../../../src/split/diagnosis/diagnosis.ts'
import type { ReplyCounts } from '../../../src/split/judge/unanswered-destinations.ts'

const HALVES = [0.5, 0.5]
const MOST_TO_V1 = [0.8, 0.2]

function split(...counts: number[]): ReplyCounts {
  return { counts, unclassified: 0 }
}

/** A shift from 80/20 to 50/50 whose last attempt failed, unless something else is given. */
function evidence(changes: Partial<Evidence>): Evidence {
  return {
    target: HALVES,
    old: MOST_TO_V1,
    present: undefined,
    before: undefined,
    elsewhere: [0, 0],
    attempts: [],
    mostlyUnknownReplies: false,
    mostlyRefused: false,
    clientLimits: 0,
    ended: 'off-target',
    alpha: 0.01,
    ...changes,
  }
}

const kinds = (changes: Partial<Evidence>) => {
  const { cause, others } = diagnose(evidence(changes))
  return [cause, ...others].map(({ kind }) => kind)
}
const repliesBefore = (...counts: number[]) => ({
  replyCounts: split(...counts),
  shares: MOST_TO_V1,
})
const verify = (target: readonly number[], present: readonly number[]) => ({
  target,
  present,
  old: undefined,
})

const EXCLUDED_BY_STAMPS = [
  'previous',
  'partly-previous',
  'target-or-previous',
  'swapped',
  'same-reply',
]

test.each<[string, Partial<Evidence>]>([
  ['previous', { attempts: [split(80, 20)] }],
  ['target-or-previous', { old: [0.45, 0.55], attempts: [split(50, 50)], ended: 'time' }],
  ['partly-previous', { target: [0.4, 0.6], old: [1, 0], attempts: [split(565, 243)] }],
  ['swapped', { target: [0.7, 0.3], attempts: [split(300, 700)], before: repliesBefore(1, 8) }],
  ['same-reply', { attempts: [split(80, 0), split(12, 0)] }],
])('stamps exclude %s, which the same counts show without them', (kind, changes) => {
  expect(kinds(changes)).toContain(kind)
  for (const one of kinds({ ...changes, stamped: true }))
    expect(EXCLUDED_BY_STAMPS).not.toContain(one)
})

describe('the evidence of a check that failed shows', () => {
  test.each<[string, Partial<Evidence>, string[]]>([
    [
      'the previous weights everywhere, though the last attempt alone would fit anything',
      { attempts: [split(80, 20), split(9, 1), split(12, 0)] },
      ['previous'],
    ],
    [
      'the previous weights or a pinned client, where one destination had everything before',
      { old: [1, 0], attempts: [split(80, 0), split(12, 0)] },
      ['previous', 'one-destination', 'same-reply'],
    ],
    [
      'a part of the gateway with the previous weights, by all attempts together',
      { target: [0.4, 0.6], old: [1, 0], attempts: [split(520, 225), split(45, 18)] },
      ['partly-previous'],
    ],
    [
      'everything at one destination, although several have weight',
      { attempts: [split(80, 0), split(12, 0)] },
      ['one-destination', 'same-reply'],
    ],
    [
      'everything at one destination in verify too',
      { ...verify(MOST_TO_V1, MOST_TO_V1), attempts: [split(44, 0), split(256, 0)] },
      ['one-destination', 'same-reply'],
    ],
    [
      'the previous weights or the reply of another, where the destination that gets all never replies',
      { target: [0, 1], old: [1, 0], attempts: [split(300, 0)] },
      ['previous', 'same-reply', 'swapped'],
    ],
    [
      'one of three destinations that gives the reply of another',
      { target: [0.4, 0.2, 0.4], old: [0.6, 0.4, 0], attempts: [split(240, 60, 0)] },
      ['same-reply'],
    ],
    [
      'no shared reply, where the destination replied before the write',
      {
        target: [0.4, 0.2, 0.4],
        old: [0.6, 0.4, 0],
        elsewhere: [0, 0, 1],
        attempts: [split(240, 60, 0)],
      },
      ['other-weights'],
    ],
    [
      'other weights, where other connections of this run were split',
      { attempts: [split(0, 300)], elsewhere: [7, 2] },
      ['other-weights'],
    ],
    [
      'other weights, where everything goes to one destination by a handful of connections only',
      { ...verify(HALVES, HALVES), attempts: [split(14, 0)] },
      ['other-weights'],
    ],
    [
      'other weights, where the destination that gets everything is to get nothing',
      { target: [0, 0.5, 0.5], old: [0.2, 0.4, 0.4], attempts: [split(300, 0, 0)] },
      ['other-weights'],
    ],
    [
      'swapped expectations, which connections before the write show too',
      { target: [0.7, 0.3], attempts: [split(300, 700)], before: repliesBefore(1, 8) },
      ['swapped'],
    ],
    [
      'perhaps swapped expectations, where nothing is known from before the write',
      { target: [0.7, 0.3], attempts: [split(300, 700)] },
      ['swapped', 'other-weights'],
    ],
    [
      'other weights, where connections before the write speak against swapped expectations',
      { target: [0.7, 0.3], attempts: [split(300, 700)], before: repliesBefore(8, 1) },
      ['other-weights'],
    ],
    [
      'swapped expectations and a gateway that did not act on the write',
      { target: [0.5, 0.5], attempts: [split(200, 800)], before: repliesBefore(2, 8) },
      ['swapped'],
    ],
    [
      'the previous weights where the write reverses them, as replies before it were right',
      { target: [0.2, 0.8], attempts: [split(80, 20)], before: repliesBefore(8, 2) },
      ['previous'],
    ],
    [
      'two of three expectations swapped',
      { target: [0.2, 0.3, 0.5], old: [1, 0, 0], attempts: [split(300, 200, 500)] },
      ['swapped', 'other-weights'],
    ],
    [
      'other weights first, where only two faults at once would fit',
      { attempts: [split(200, 800)] },
      ['other-weights', 'swapped'],
    ],
    ['weights that are neither', { attempts: [split(5, 95)] }, ['other-weights']],
    [
      'the weights of the object, where verify was asked for others',
      { ...verify(HALVES, MOST_TO_V1), attempts: [split(13, 0), split(230, 57)] },
      ['object'],
    ],
    [
      'nothing clear, where all attempts together fit the weights that one of them refuted',
      { attempts: [split(500, 500), split(12, 3)] },
      ['unclear'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(kinds(changes)).toEqual(expected)
  })
})

describe('the evidence of a check that was not decided shows', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['a fit with the new weights', { attempts: [split(505, 495)] }, 'target'],
    ['a fit with both', { target: [0.79, 0.21], attempts: [split(80, 20)] }, 'target-or-previous'],
    ['a fit with the previous weights', { attempts: [split(400, 100)] }, 'previous'],
    ['a fit with neither', { attempts: [split(5, 95)] }, 'other-weights'],
    ['a fit without a write', { ...verify(HALVES, HALVES), attempts: [split(50, 50)] }, 'target'],
    ['nothing, where no connection ended', { attempts: [split(0, 0)] }, 'nothing'],
    ['nothing, where no attempt began', { attempts: [] }, 'nothing'],
    [
      'the limits of the client, where it opened fewer connections than it could not open',
      { attempts: [split(3, 2)], clientLimits: 6 },
      'client-limits',
    ],
    [
      'a fit, where the client could not open some',
      { attempts: [split(50, 50)], clientLimits: 6 },
      'target',
    ],
  ])('%s', (_, changes, expected) => {
    expect(kinds({ ...changes, ended: 'time' })).toEqual([expected])
  })
})

describe('connections that go without a recognized reply show', () => {
  const unanswered = (changes: Partial<Evidence>) =>
    diagnose(evidence({ ended: 'no-reply', ...changes })).cause

  test('which destination does not answer', () => {
    const attempts = [{ counts: [40, 0], unclassified: 38 }]
    expect(unanswered({ attempts })).toEqual({ kind: 'unanswered', destination: 1 })
  })

  test('no destination by name, where too few are missing', () => {
    const attempts = [{ counts: [6, 0], unclassified: 2 }]
    expect(unanswered({ target: [0.95, 0.05], attempts })).toEqual({
      kind: 'unanswered',
      destination: undefined,
    })
  })

  test('expectations that do not fit, where most of them got a reply', () => {
    const attempts = [{ counts: [40, 0], unclassified: 38 }]
    expect(unanswered({ attempts, mostlyUnknownReplies: true })).toEqual({
      kind: 'unrecognized',
    })
  })

  test('a gateway that refuses, as a proxy accepts a connection before it looks for a destination', () => {
    const attempts = [{ counts: [40, 0], unclassified: 38 }]
    expect(unanswered({ attempts, mostlyRefused: true })).toEqual({ kind: 'gateway-refuses' })
  })
})

describe('a small destination that does not answer', () => {
  const canary = { target: [0.99, 0.01], old: [1, 0], elsewhere: [150, 0] }
  const lost = (...unclassified: number[]) =>
    unclassified.map((lost) => ({ counts: [1000, 0], unclassified: lost }))

  test.each(['connections', 'time', 'off-target', 'dependent'] as const)(
    'is the cause where the end is %s, before the previous weights that the answers fit',
    (ended) => {
      const { cause } = diagnose(evidence({ ...canary, ended, attempts: lost(9, 12, 8) }))
      expect(cause).toEqual({ kind: 'unanswered', destination: 1 })
    },
  )

  test('is not shown by lost connections that do not account for its missing answers', () => {
    const given = { ...canary, ended: 'off-target', attempts: lost(2, 1, 0) } as const
    expect(kinds(given)).toEqual(['previous', 'one-destination', 'same-reply'])
  })

  test('is not shown by a few hundred connections', () => {
    const attempts = [{ counts: [300, 0], unclassified: 3 }]
    expect(kinds({ ...canary, ended: 'time', attempts })).not.toContain('unanswered')
  })

  test('may give replies that no expression matches', () => {
    const given = { ...canary, ended: 'connections', mostlyUnknownReplies: true } as const
    expect(kinds({ ...given, attempts: lost(9, 12, 8) })[0]).toBe('unrecognized')
  })
})

test('connections that depend on each other show nothing about the weights', () => {
  expect(kinds({ ended: 'dependent', attempts: [split(400, 400)] })).toEqual(['not-independent'])
})

describe('attempts from before a change of the split', () => {
  test('are left out, and counted', () => {
    const attempts = [split(80, 20), split(82, 18), split(5, 95), split(4, 96)]
    expect(diagnose(evidence({ attempts }))).toMatchObject({
      cause: { kind: 'other-weights' },
      seen: { counts: [9, 191] },
      attemptsBefore: 2,
    })
  })

  test('keep a stretch with one destination alone from being taken for a pinned client', () => {
    const attempts = [split(80, 20), split(82, 18), split(0, 300)]
    expect(kinds({ attempts })).toEqual(['other-weights'])
  })

  test('do not include those that differ by chance', () => {
    const random = seededRandom(7)
    let left = 0
    for (let run = 0; run < 300; run += 1) {
      const attempts = Array.from({ length: 12 }, () => sampled(HALVES, 50, random))
      if (diagnose(evidence({ attempts })).attemptsBefore > 0) left += 1
    }
    expect(left / 300).toBeLessThan(0.01)
  })
})

describe('the part of the gateway that still has the previous weights', () => {
  test('lies within its interval as often as is promised', () => {
    const random = seededRandom(8)
    let missed = 0
    for (let run = 0; run < 300; run += 1) {
      const attempts = [sampled([0.65, 0.35], 1000, random)]
      const { cause } = diagnose(evidence({ attempts }))
      const held = cause.kind === 'partly-previous' && cause.part.low < 0.5 && cause.part.high > 0.5
      if (!held) missed += 1
    }
    expect(missed / 300).toBeLessThan(0.01)
  })
})

describe('whatever was seen', () => {
  const counts = fc.tuple(fc.nat(400), fc.nat(400), fc.nat(400))
  const shares = counts
    .filter((some) => some.some((one) => one > 0))
    .map((some) => some.map((one) => one / some.reduce((a, b) => a + b, 0)))
  const attempts = fc.array(fc.record({ counts, unclassified: fc.nat(20) }), {
    minLength: 1,
    maxLength: 6,
  })
  const any = fc.record({
    target: shares,
    old: fc.option(shares, { nil: undefined }),
    present: fc.option(shares, { nil: undefined }),
    before: fc.option(
      fc.record({ replyCounts: fc.record({ counts, unclassified: fc.nat(3) }), shares }),
      { nil: undefined },
    ),
    elsewhere: counts,
    attempts,
    mostlyUnknownReplies: fc.boolean(),
    mostlyRefused: fc.boolean(),
    clientLimits: fc.nat(50),
    ended: fc.constantFrom('off-target', 'no-reply', 'dependent', 'connections', 'time'),
    alpha: fc.constantFrom(0.05, 0.01, 1e-5),
  })

  test('the diagnosis rests on no more connections than there were, and all of the last attempt', () => {
    fc.assert(
      fc.property(any, (some) => {
        const { seen, attemptsBefore } = diagnose(some)
        const used = some.attempts.slice(attemptsBefore)
        expect(used.length).toBeGreaterThan(0)
        for (const index of [0, 1, 2] as const)
          expect(seen.counts[index]).toBe(used.reduce((sum, one) => sum + one.counts[index], 0))
      }),
    )
  })

  test('stamps exclude the previous weights, and replies that are taken for others', () => {
    fc.assert(
      fc.property(any, (some) => {
        const { cause, others } = diagnose({ ...some, stamped: true })
        for (const { kind } of [cause, ...others]) expect(EXCLUDED_BY_STAMPS).not.toContain(kind)
      }),
    )
  })

  test('the order of destinations changes nothing but their places', () => {
    const turned = <T>(items: readonly T[]) => items.toReversed()
    const turnedEvidence = (some: Evidence): Evidence => ({
      ...some,
      target: turned(some.target),
      old: some.old && turned(some.old),
      present: some.present && turned(some.present),
      before: some.before && {
        replyCounts: { ...some.before.replyCounts, counts: turned(some.before.replyCounts.counts) },
        shares: turned(some.before.shares),
      },
      elsewhere: turned(some.elsewhere),
      attempts: some.attempts.map((one) => ({ ...one, counts: turned(one.counts) })),
    })
    const sorted = (some: Evidence) => {
      const { cause, others } = diagnose(some)
      return [cause, ...others].map(({ kind }) => kind).sort()
    }
    fc.assert(
      fc.property(any, (some) => {
        expect(sorted(turnedEvidence(some))).toEqual(sorted(some))
      }),
    )
  })

  test('weights that are refuted are not called a fit, and the others are not called refuted', () => {
    fc.assert(
      fc.property(any, (some) => {
        const { cause, seen } = diagnose({ ...some, ended: 'time', clientLimits: 0 })
        const impossible = some.target.some((share, i) => share === 0 && (seen.counts[i] ?? 0) > 0)
        if (impossible) expect(cause.kind).not.toMatch(/^target/)
        if (cause.kind === 'previous') expect(some.old).toBeDefined()
        if (cause.kind === 'partly-previous')
          expect(cause.part.low > 0 && cause.part.high < 1).toBe(true)
      }),
    )
  })
})

function sampled(
  shares: readonly number[],
  connections: number,
  random: () => number,
): ReplyCounts {
  const counts = shares.map(() => 0)
  for (let one = 0; one < connections; one += 1) {
    const destination = sampleFrom(shares, random)
    counts[destination] = (counts[destination] ?? 0) + 1
  }
  return { counts, unclassified: 0 }
}
