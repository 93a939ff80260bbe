import type { Resource } from '../../kube/resources.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import type { Journal } from '../journal.ts'

/** What a run knows of its own writes. */
export type Written = {
  /** As it was read or answered last. */
  object: RouteObject
  /** The object before the first write. */
  before: RouteObject
  resource: Resource
  /** The run's names of the destinations. */
  names: readonly string[]
  /** The journal of the latest write that was answered; of the first one where none was answered yet. */
  journal: Journal
  /** Every list of destinations that was sent, whether or not it was stored. */
  sent: readonly WrittenDestinations[]
  /** A write was answered. */
  landed: boolean
  /** A write was sent, and its result is not known. */
  pending: boolean
  /** A release was sent, and its result is not known. */
  releasing?: boolean
}
