import type { Labels, Sample } from './exposition.ts'

/** What a query gives. */
export type Value =
  | { kind: 'scalar'; value: number }
  | { kind: 'string'; text: string }
  | { kind: 'vector'; samples: readonly Sample[] }
  | { kind: 'matrix'; series: readonly Series[] }

export type Series = { labels: Labels; points: readonly (readonly [atMs: number, value: number])[] }

/** A query that cannot be executed on the data of now. */
export class ExecutionError extends Error {}
