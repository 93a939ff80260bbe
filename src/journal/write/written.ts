import type { Resource } from '../../kube/resources.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import type { Journal } from '../journal.ts'

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
  sent: readonly WrittenDestinations[]
  /** A write of ours was answered. */
  landed: boolean
  /** A write was sent and its end is not known. */
  pending: boolean
}
