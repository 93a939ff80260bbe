import { startMatching } from '../../evidence/probe/match-replies.ts'
import { readOptions } from '../../options/read-options.ts'
import type { RawOptions } from '../../options/reader.ts'
import { plainList } from '../../problem/list-text.ts'
import { weightsText } from '../../routes/percents.ts'
import type { Candidate } from '../find/candidate.ts'
import { fitsWeights } from '../recognize/fits-weights.ts'
import type { Recognized } from '../recognize/recognize.ts'
import type { Reply } from '../recognize/reply.ts'

/** Names in replies may be those of something else, and Pods may have the labels of another version. */
export function notesOnCounts(
  { names, shares: all }: Pick<Candidate, 'names' | 'shares'>,
  { expect, counts }: Pick<Recognized, 'expect' | 'counts'>,
): string[] {
  const shares = expect.map(({ destination }) => all[names.indexOf(destination)] ?? 0)
  if (fitsWeights(counts, shares)) return []
  const weights = weightsText(
    expect.map(({ destination }) => destination),
    shares,
  )
  const seen = expect.map(({ destination }, index) => `${counts[index]} of ${destination}`)
  return [
    `DOES NOT FIT the weights ${weights}: by expect, the gateway sent ${plainList(seen)}. Either expect is wrong, or the gateway does not split by these weights. Find out which before you shift.`,
  ]
}

/** What the replies of the gateway say about a mapping that was given. */
export function notesOnGiven(
  candidate: Pick<Candidate, 'names' | 'shares'>,
  given: RawOptions,
  replies: readonly Reply[],
): string[] {
  const { expect } = readOptions(given).options
  if (expect.length === 0 || replies.length === 0) return []
  const match = startMatching(expect)
  const found = replies.map(({ text, head }) => match.whole(text, head) ?? [])
  const unclear = found.filter((indexes) => indexes.length !== 1).length
  if (unclear > 0)
    return [
      `NOT RECOGNIZED: ${unclear} of ${replies.length} replies match no version of expect, or several. Correct it before you shift.`,
    ]
  const counts = expect.map((_, index) => found.filter(([own]) => own === index).length)
  return notesOnCounts(candidate, { expect, counts })
}

export function notesOnPods({ onePod }: Pick<Recognized, 'onePod'>): string[] {
  return onePod.length === 0
    ? []
    : [
        `ONE POD of ${plainList(onePod)} was asked. Check that all replies of the version match expect, and not only those of this Pod.`,
      ]
}
