/** One query whose number must be within bounds after each step: an item of the input `metrics`. */
export type Metric = {
  name: string
  /** PromQL, with placeholders such as `{{destination}}`. */
  query: string
  bounds: Bounds
}

/** At least one of them is given. Both are within. */
export type Bounds = { min: number | undefined; max: number | undefined }

/** What the server answered to one query, after all tries. */
export type MetricResult = {
  name: string
  bounds: Bounds
  /** The index of the destination that the query is about; undefined where the query names none. */
  destination: number | undefined
  /** As it was sent. */
  query: string
  /** After the check of a step, or at the end of the interval that follows it. */
  when: MetricTime
  /** Milliseconds since the write was answered, or since the check began without one. */
  atMs: number
  /** How often the server was asked. */
  tries: number
  found: Found
}

export type MetricTime = 'step' | 'interval'

/** The number that a query gave, or why it gave none. */
export type Found =
  | { kind: 'within'; value: number }
  | { kind: 'out-of-bounds'; value: number }
  | { kind: 'no-value'; why: NoValue }

/** Why a query gave no number. A text is the server's or the system's, without secrets. */
export type NoValue =
  /** The result is empty. */
  | { kind: 'no-data' }
  /** NaN or an infinite number, as the server wrote it. */
  | { kind: 'not-finite'; text: string }
  | { kind: 'several'; series: number }
  /** A result of another type, such as matrix or string. */
  | { kind: 'other-type'; type: string }
  /** The server says that a part of the data may be missing. */
  | { kind: 'incomplete'; text: string }
  /** The server cannot read or execute the query. */
  | { kind: 'refused'; status: number; text: string }
  /** The server did not accept the credentials, or none were sent. */
  | { kind: 'access'; status: number }
  /** To another server, as an origin; it was not followed. */
  | { kind: 'redirect'; status: number; to: string }
  /** Any other status that is no success. */
  | { kind: 'status'; status: number; text: string }
  /** A success that is no answer of this API. The text follows the name of the server. */
  | { kind: 'unexpected'; text: string }
  /** No answer came. The text follows the name of the server. */
  | { kind: 'unreachable'; text: string; isCertificate?: boolean }

/** Judges a finite number. */
export function judged(value: number, { min, max }: Bounds): Found {
  const isWithin = (min === undefined || value >= min) && (max === undefined || value <= max)
  return { kind: isWithin ? 'within' : 'out-of-bounds', value }
}
