import { type Place, spentShare } from '../judge/error-spending.ts'

/** Which attempt of a check. */
export type AttemptPlace = {
  /** From 1. */
  number: number
  place: Place
  /**
   * `confirmed`: every proxy has the new weights. `reserve`: it follows such an attempt that did not count. Absent where no
   * attempt of the check had confirmed proxies.
   */
  part?: 'confirmed' | 'reserve'
}

/**
 * The part of the error that is for the attempt with confirmed proxies. The rest is for attempts that follow where Pods
 * change during it. Whether such an attempt begins is decided before its first sample, so a check whose proxies are never
 * confirmed has all of the error for its other attempts.
 */
const CONFIRMED_PART = 0.98

/** The fraction of the error of a check, by which a wrong share passes, that an attempt may spend. */
export function errorShare({ number, place, part }: AttemptPlace): number {
  if (part === 'confirmed') return CONFIRMED_PART
  if (part === 'reserve') return (1 - CONFIRMED_PART) * spentShare(number - 1, place)
  return spentShare(number, place)
}

/**
 * The fraction of the chance of a wrong fail. It is not divided among attempts of which only the last can fail. But the
 * attempt with confirmed proxies can fail, and so can one after it.
 */
export function alphaPart({ part }: Pick<AttemptPlace, 'part'>): number {
  if (part === undefined) return 1
  return part === 'confirmed' ? CONFIRMED_PART : 1 - CONFIRMED_PART
}
