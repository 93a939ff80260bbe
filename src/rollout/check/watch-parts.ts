import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { Lost, ObservedReplies } from '../model/check.ts'
import { lostOf, nothingLost } from './observed-replies.ts'

const FIRST_LENGTH = 50
const MOST_PARTS = 32

/** The part that is in progress. */
type Open = { counts: number[]; unclassified: number; lost: Lost }

/**
 * Samples of a long time in parts of equal length, so that a diagnosis finds when the gateway changed its split. When there
 * are too many parts, each two of them become one.
 */
export function startParts(destinations: number) {
  let ended: ObservedReplies[] = []
  let open = nothing()
  let openSamples = 0
  let length = FIRST_LENGTH

  function nothing(): Open {
    return { counts: Array<number>(destinations).fill(0), unclassified: 0, lost: nothingLost() }
  }

  function endPart(): void {
    ended.push(closed(open))
    open = nothing()
    openSamples = 0
    if (ended.length < MOST_PARTS) return
    ended = ended.flatMap((part, index) =>
      index % 2 === 1 ? [joined([ended[index - 1] ?? part, part])] : [],
    )
    length *= 2
  }

  const parts = () => (openSamples > 0 ? [...ended, closed(open)] : [...ended])
  return {
    /** Takes one sample, or several: `take` adds them to the part in progress. */
    add(samples: number, take: (open: Open) => void): void {
      take(open)
      openSamples += samples
      if (openSamples >= length) endPart()
    },
    parts,
    sum: (): ObservedReplies => joined([closed(nothing()), ...parts()]),
  }
}

function closed({ counts, unclassified, lost }: Open): ObservedReplies {
  return { counts: [...counts], unclassified, ...lostOf([lost]) }
}

function joined(some: readonly ObservedReplies[]): ObservedReplies {
  return { ...sumOf(some), ...lostOf(some) }
}
