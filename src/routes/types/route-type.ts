import type { RouteSelector } from '../wanted.ts'

/** What a kind of route object is called, and where API servers have it. Inputs and the first read need no more of a kind. */
export type RouteType = {
  kind: string
  api: {
    group: string
    plural: string
    /** The newest first. The same object is served under each version that the cluster has. */
    versions: readonly string[]
  }
  /** What kubectl calls one such object, and a list of them. It names the API group where other groups have the same plural. */
  kubectl: { one: string; list: string; short?: string }
  /** The first words that the input `route` may have, and how to write it, for an error. */
  route: { words: readonly Exclude<RouteSelector['kind'], 'any'>[]; forms: string }
}
