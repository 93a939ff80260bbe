import { ANSWERS, SMALL } from '../diagnosis/unanswered-test.ts'
import { type Detector, rateDetector } from './rate-detector.ts'

/** Parts of its samples that a silent destination is suspected to answer; most is placed on none. */
const SUSPECTED = [0, 0, 0, 0, 0.125]

/** Part of its share that may be lost without suspicion, and the parts that are suspected. */
const TOLERATED_LOSS = 0.25
const SUSPECTED_LOSSES = [0.5, 1, 2]

/** Detects that a destination stops to answer whose share is so small that its silence stays below the tolerated loss. */
export type SilenceWatch = {
  place(stake: number): void
  /** @param destination undefined: of no known destination */
  observe(destination: number | undefined): void
  /** What the stakes of the most silent destination have become, divided by how many there are. */
  value(): number
}

type Small = { destination: number; answers: Detector; losses: Detector }

/**
 * The question is that of the unanswered test of an attempt. While each small destination answers at least 3/4 of the samples
 * that its target gives it, its stakes with those not placed yet are a supermartingale that starts at 1. They count only as
 * far as losses account for its silence: a gateway that sends it nothing is another matter.
 */
export function silenceWatch(target: readonly number[]): SilenceWatch {
  const small = target.flatMap((share, destination): Small[] => {
    if (share <= 0 || share > SMALL) return []
    const parts = (all: readonly number[]) => all.map((part) => part * share)
    return [
      {
        destination,
        answers: rateDetector(ANSWERS * share, parts(SUSPECTED)),
        losses: rateDetector(TOLERATED_LOSS * share, parts(SUSPECTED_LOSSES)),
      },
    ]
  })
  return {
    place(stake) {
      for (const { answers, losses } of small) {
        answers.place(stake)
        losses.place(stake)
      }
    },
    observe(destination) {
      for (let i = 0; i < small.length; i++) {
        const one = small[i]
        one?.answers.observe(destination === one.destination)
        one?.losses.observe(destination === undefined)
      }
    },
    value() {
      let most = 0
      for (let i = 0; i < small.length; i++) {
        const one = small[i]
        if (one === undefined) continue
        most = Math.max(most, Math.min(one.answers.value(), one.losses.value()))
      }
      return small.length === 0 ? 0 : most / small.length
    },
  }
}
