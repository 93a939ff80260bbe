import { isObject, type Json, type JsonObject, objectsAt, sameJson } from '../kube/json.ts'
import type { Destination, RuleFormat } from './rule-format.ts'

declare const WRITTEN: unique symbol

/**
 * The destinations of a rule as a route object has them, or is to have them. Everything outside of routes only
 * compares, records and restores this value; what is in it differs by kind of route object.
 */
export type WrittenDestinations = { readonly [WRITTEN]: 'destinations as written' }

/** Takes a list of destinations as it is. */
export function asWritten(items: readonly JsonObject[]): WrittenDestinations {
  return items as unknown as WrittenDestinations
}

/** The list itself, for what reads or edits it. */
export function itemsOf(written: WrittenDestinations): readonly JsonObject[] {
  return written as unknown as readonly JsonObject[]
}

/** Reads a list that was recorded; undefined where it is no list of one or more destinations. */
export function parseWritten(value: Json | undefined): WrittenDestinations | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return undefined
  return asWritten(value.filter(isObject))
}

/** The destinations at `path` below a value that was recorded; none where there is no list. */
export function writtenAt(
  value: Json | undefined,
  ...path: (string | number)[]
): WrittenDestinations {
  return asWritten(objectsAt(value, ...path))
}

export function destinationsIn(written: WrittenDestinations, format: RuleFormat): Destination[] {
  return itemsOf(written).map((item) => format.parse(item))
}

/** Whether both lists are the same, weights included. */
export function sameWritten(a: WrittenDestinations, b: WrittenDestinations): boolean {
  return sameJson([...itemsOf(a)], [...itemsOf(b)])
}
