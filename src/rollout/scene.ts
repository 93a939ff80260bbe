import type { Entry } from '../mesh/entry.ts'
import type { Edit } from '../mesh/plan-edit.ts'
import type { NamedDestination } from '../mesh/ready-endpoints.ts'
import type { Resource } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Check } from './check.ts'
import type { Write } from './write-weights.ts'

/** What the run is about to touch. */
export type Scene = {
  object: RouteObject
  entry: Entry
  edit: Edit
  istioVersion: string
  /** The first write; undefined where nothing is written. */
  write: Write | undefined
  /** Destinations that are to get connections at some step. */
  weighted: readonly NamedDestination[]
  /** Milliseconds since the spec was last changed, by the API server's clock; undefined where nothing says. */
  sinceChangeMs: number | undefined
}

/** The scene with what is to happen in it. */
export type PlannedScene = Scene & {
  resource: Resource
  /** Percents of each write, the last included; of one check without a write where nothing is to be written. */
  percents: readonly (readonly number[])[]
  checks: readonly Check[]
}
