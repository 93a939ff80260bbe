import type { JsonObject } from '../../kube/json.ts'
import type { RuleFormat } from '../rule-format.ts'
import { asWritten, itemsOf, type WrittenDestinations } from '../written-destinations.ts'

/** The response header in which a reply names the destination that the gateway chose for its request. */
export const STAMP_HEADER = 'x-istio-traffic-shift'

type Stampable = Pick<RuleFormat, 'stamp'>

/** The destinations, each with the stamp that its replies are to carry, in their order. */
export function withStamps(
  written: WrittenDestinations,
  values: readonly string[],
  { stamp }: Stampable,
): WrittenDestinations {
  if (stamp === undefined) return written
  return asWritten(itemsOf(written).map((item, index) => stamp.stamped(item, values[index])))
}

/** Which stamps to remove, all where it is undefined; and the destinations before these, where they are known. */
type Removal = { ofRun?: ReadonlySet<string>; original?: WrittenDestinations }

/** The destinations without stamps, as they were before these where that is known. Where none is left out, the same list. */
export function withoutStamps(
  written: WrittenDestinations,
  { stamp, parse }: Pick<RuleFormat, 'stamp' | 'parse'>,
  { ofRun, original }: Removal = {},
): WrittenDestinations {
  if (stamp === undefined) return written
  const items = itemsOf(written)
  const leavesOut = (value: string | undefined) =>
    value !== undefined && (ofRun === undefined || ofRun.has(value))
  if (!items.some((item) => leavesOut(stamp.of(item)))) return written
  const originals = original ? itemsOf(original) : []
  const place = (item: JsonObject) => JSON.stringify({ ...parse(item), weight: undefined })
  const before = (item: JsonObject, index: number) =>
    [originals[index], ...originals].find((one) => one && place(one) === place(item))
  return asWritten(
    items.map((item, index) =>
      leavesOut(stamp.of(item)) ? stamp.stamped(item, undefined, before(item, index)) : item,
    ),
  )
}

/** The destinations without stamps, and without empty fields that could have had one: to compare them. */
export function plainDestinations(
  written: WrittenDestinations,
  { stamp }: Stampable,
): WrittenDestinations {
  if (stamp === undefined) return written
  return asWritten(itemsOf(written).map((item) => stamp.stamped(item, undefined)))
}

/** The stamp of each destination, in their order; empty where one has none. */
export function stampsOf(written: WrittenDestinations, { stamp }: Stampable): readonly string[] {
  const values = itemsOf(written).map((item) => stamp?.of(item))
  return values.every((value) => value !== undefined) ? values : []
}

/** The stamps in some lists of destinations. */
export function stampsIn(
  lists: readonly WrittenDestinations[],
  { stamp }: Stampable,
): ReadonlySet<string> {
  const values = lists.flatMap((list) => itemsOf(list).map((item) => stamp?.of(item)))
  return new Set(values.filter((value) => value !== undefined))
}
