import { type Json, type JsonObject, sameJson } from '../kube/json.ts'
import { sharesOf } from './rule.ts'
import type { RuleFormat } from './rule-format.ts'
import { withoutStamps } from './weights/stamps.ts'
import {
  asWritten,
  destinationsIn,
  itemsOf,
  sameWritten,
  type WrittenDestinations,
} from './written-destinations.ts'

/**
 * Whether `list` in the place of `written` changes nothing but weights and stamps of this tool, and removes no destination but one that was
 * added at the end. A restore does no more than that, whatever is in the journal. A weight that no API server accepts
 * would be sent again and again until the run's time is up.
 */
export function isRestoreOf(
  written: WrittenDestinations,
  list: WrittenDestinations,
  format: RuleFormat,
): boolean {
  const [has, had] = [itemsOf(written), itemsOf(list)]
  const added = has.length - had.length
  if (added < 0 || added > 1) return false
  return had.every((item, index) => {
    const weight = item[format.weight]
    const isWritable =
      weight === undefined ||
      (Number.isInteger(weight) && Number(weight) >= 0 && Number(weight) <= format.largestWeight)
    return isWritable && isSameDestination(item, has[index], format)
  })
}

/** Whether both lists have the same destinations, in whatever order and with whatever weights. */
export function sameDestinations(
  a: WrittenDestinations,
  b: WrittenDestinations,
  format: RuleFormat,
): boolean {
  const [one, other] = [itemsOf(a), itemsOf(b)]
  return one.length === other.length && isWithin(one, other, format)
}

/** Whether two lists give the same shares to the same destinations. Those without weight do not count. */
export function sameShares(
  a: WrittenDestinations,
  b: WrittenDestinations,
  format: RuleFormat,
): boolean {
  const [one, other] = [weighted(a, format), weighted(b, format)]
  return isMetBy(one, other, format) && isMetBy(other, one, format)
}

type Weighted = { item: JsonObject; share: number }

function weighted(written: WrittenDestinations, format: RuleFormat): Weighted[] {
  const shares = sharesOf({ destinations: destinationsIn(written, format), format })
  return itemsOf(written).map((item, index) => ({ item, share: shares[index] ?? 0 }))
}

function isMetBy(
  list: readonly Weighted[],
  others: readonly Weighted[],
  format: RuleFormat,
): boolean {
  return list.every(
    ({ item, share }) =>
      share === 0 ||
      others.some(
        (other) =>
          isSameDestination(other.item, item, format) && Math.abs(other.share - share) < 1e-9,
      ),
  )
}

/** What a run wrote to a rule, and what was there before. */
export type WrittenByRun = {
  original: WrittenDestinations
  written: readonly WrittenDestinations[]
}

/**
 * The present list with the weights from before the run. What the run added is left out; what another client added
 * stays, at 0. undefined where a destination that had weight is gone.
 */
export function restoredDestinations(
  present: WrittenDestinations,
  { original, written }: WrittenByRun,
  format: RuleFormat,
): WrittenDestinations | undefined {
  const before = weighted(original, format)
  const originals = itemsOf(original)
  const now = itemsOf(withoutStamps(present, format, { original }))
  if (before.some(({ item, share }) => share !== 0 && !holds(now, item, format))) return undefined
  const kept = now.filter(
    (item) =>
      holds(originals, item, format) || !written.some((list) => holds(itemsOf(list), item, format)),
  )
  if (kept.length === originals.length && isWithin(originals, kept, format)) return original
  return asWritten(
    kept.map((item) => {
      const had = before.find((one) => isSameDestination(one.item, item, format))
      const weight = had ? weightOf(had, before.length, format) : 0
      return { ...item, [format.weight]: weight }
    }),
  )
}

/** The weight that gives a destination its share beside others that have weights. */
function weightOf({ item, share }: Weighted, count: number, format: RuleFormat): Json {
  const written = item[format.weight]
  if (written !== undefined) return written
  return format.onlyHasAll && count === 1 ? Math.round(share * 100) : format.missingWeight
}

/** Whether a list is one of these. */
export function isOneOf(
  written: WrittenDestinations,
  lists: readonly WrittenDestinations[],
): boolean {
  return lists.some((list) => sameWritten(written, list))
}

function isWithin(
  list: readonly JsonObject[],
  others: readonly JsonObject[],
  format: RuleFormat,
): boolean {
  return list.every((item) => holds(others, item, format))
}

function holds(list: readonly JsonObject[], item: JsonObject, format: RuleFormat): boolean {
  return list.some((one) => isSameDestination(one, item, format))
}

/** Whether two destinations differ in nothing but their weights, in stamps of this tool, and in fields that are empty without these. */
function isSameDestination(
  a: JsonObject | undefined,
  b: JsonObject | undefined,
  { weight, stamp }: RuleFormat,
): boolean {
  const plain = (item: JsonObject = {}) => {
    const { [weight]: _, ...rest } = stamp ? stamp.stamped(item, undefined) : item
    return rest
  }
  return sameJson(plain(a), plain(b))
}
