import type { JsonObject } from '../mesh/json.ts'
import type { Resource } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Journal } from './journal.ts'

/** What a run knows of its own writes. */
export type Written = {
  object: RouteObject
  /** As it was before the first of them. */
  before: RouteObject
  resource: Resource
  names: readonly string[]
  /** The journal of the latest write that was answered; of the first where none was yet. */
  journal: Journal
  /** Every route list that was sent, landed or not. */
  sent: readonly (readonly JsonObject[])[]
  /** A write of ours was answered. */
  landed: boolean
  /** A write was sent and its end is not known. */
  pending: boolean
}
