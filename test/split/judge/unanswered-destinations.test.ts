import { describe, expect, test } from 'vitest'
import {
  leavesUnanswered,
  unansweredDestination,
} from '../../../src/split/judge/unanswered-destinations.ts'

describe('the destination that does not answer', () => {
  test('is the one whose replies are missing', () => {
    expect(unansweredDestination({ counts: [40, 0], unclassified: 10 }, [0.8, 0.2])).toBe(1)
    expect(unansweredDestination({ counts: [0, 10], unclassified: 40 }, [0.8, 0.2])).toBe(0)
    expect(unansweredDestination({ counts: [30, 0, 11], unclassified: 9 }, [0.6, 0.2, 0.2])).toBe(1)
  })

  test('may answer some', () => {
    expect(unansweredDestination({ counts: [500, 260], unclassified: 240 }, [0.5, 0.5])).toBe(1)
  })

  test('is the only one that was to get connections', () => {
    expect(unansweredDestination({ counts: [0, 0], unclassified: 2 }, [0, 1])).toBe(1)
  })

  test('is none that was due about no reply', () => {
    expect(unansweredDestination({ counts: [6, 0], unclassified: 2 }, [0.95, 0.05])).toBeUndefined()
    expect(unansweredDestination({ counts: [5, 0], unclassified: 3 }, [0.8, 0.2])).toBeUndefined()
  })

  test('is not one that has answered just before, for a handful of connections', () => {
    const lost = { counts: [0, 0], unclassified: 2 }
    expect(unansweredDestination({ counts: [0, 2], unclassified: 10 }, [0.9, 0.1])).toBe(0)
    expect(unansweredDestination(lost, [0.9, 0.1], [150, 0])).toBeUndefined()
    expect(unansweredDestination({ counts: [9, 0], unclassified: 3 }, [0.8, 0.2], [150, 0])).toBe(1)
  })

  test('is one that answered before and has broken down', () => {
    expect(
      unansweredDestination({ counts: [0, 20], unclassified: 20 }, [0.5, 0.5], [120, 30]),
    ).toBe(0)
  })

  test('is undefined where all connections were answered, or none of several destinations answers', () => {
    expect(unansweredDestination({ counts: [50, 50], unclassified: 0 }, [0.5, 0.5])).toBeUndefined()
    expect(unansweredDestination({ counts: [0, 0], unclassified: 3 }, [0.5, 0.5])).toBeUndefined()
  })

  test('is not named for losses that hit all destinations alike', () => {
    expect(
      unansweredDestination({ counts: [89, 24], unclassified: 40 }, [0.8, 0.2]),
    ).toBeUndefined()
    expect(
      unansweredDestination({ counts: [890, 240], unclassified: 400 }, [0.8, 0.2]),
    ).toBeUndefined()
  })
})

describe('unanswered connections end with the previous weights', () => {
  const LEAVE = [0, 1]
  const HALVES = [0.5, 0.5]

  test('where the one that does not answer loses all', () => {
    expect(leavesUnanswered({ counts: [0, 5], unclassified: 5 }, HALVES, LEAVE, 0.01)).toBe(true)
    expect(leavesUnanswered({ counts: [2, 5], unclassified: 3 }, HALVES, LEAVE, 0.01)).toBe(true)
    expect(leavesUnanswered({ counts: [6, 0], unclassified: 4 }, [1, 0], LEAVE, 0.01)).toBe(true)
  })

  test('not where the one that does not answer gains', () => {
    expect(leavesUnanswered({ counts: [5, 0], unclassified: 5 }, HALVES, [0.2, 0.8], 0.01)).toBe(
      false,
    )
    expect(leavesUnanswered({ counts: [5, 0], unclassified: 5 }, HALVES, LEAVE, 0.01)).toBe(false)
  })

  test('not where so much is left to it that the loss would not be tolerated', () => {
    expect(leavesUnanswered({ counts: [0, 5], unclassified: 5 }, HALVES, [0.2, 0.8], 0.01)).toBe(
      false,
    )
    expect(
      leavesUnanswered({ counts: [9, 90], unclassified: 1 }, [0.1, 0.9], [0.05, 0.95], 0.01),
    ).toBe(true)
  })

  test('not where nothing went unanswered', () => {
    expect(leavesUnanswered({ counts: [5, 5], unclassified: 0 }, HALVES, LEAVE, 0.01)).toBe(false)
  })
})
