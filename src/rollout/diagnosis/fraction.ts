import type { Part } from '../../split/diagnosis/previous-part.ts'

const FRACTIONS = [
  { share: 1 / 4, words: 'About a quarter', replicas: 'one of four' },
  { share: 1 / 3, words: 'About a third', replicas: 'one of three' },
  { share: 1 / 2, words: 'About half', replicas: 'one of two' },
  { share: 2 / 3, words: 'About two thirds', replicas: 'two of three' },
  { share: 3 / 4, words: 'About three quarters', replicas: 'three of four' },
]

/** A part as a plain fraction, with the replicas that would explain it: of the fractions that it may be, the nearest. */
export function fraction({ share, low, high }: Part): {
  words: string
  replicas: string | undefined
} {
  const [near] = FRACTIONS.filter((one) => low < one.share && one.share < high).toSorted(
    (a, b) => Math.abs(a.share - share) - Math.abs(b.share - share),
  )
  return near ?? { words: `About ${Math.round(share * 100)}%`, replicas: undefined }
}
