import type { ReplyHead } from './connection-outcome.ts'

/**
 * Which replies come from a destination. All conditions that are set must hold; at least one is. The patterns run on
 * src/expression, because JavaScript's engine may need years for one reply.
 */
export type Expectation = {
  destination: string
  /** On the reply, or on the body of an HTTP or gRPC reply. */
  pattern?: Pattern
  /** The status is one of these. */
  status?: readonly StatusRange[]
  headers?: readonly HeaderExpectation[]
}

/** A regular expression in JavaScript's syntax. */
export type Pattern = { readonly source: string }

/** HTTP statuses from one to another, both included, or the name of a gRPC status, such as UNAVAILABLE. */
export type StatusRange = { from: number; to: number } | { grpc: string }

/** A header's name in lower case, and what its value must match. A header that is absent never matches. */
export type HeaderExpectation = { name: string; pattern: Pattern }

/** Whether an expectation says something that only a reply with a head can show. */
export function needsHead({ status, headers }: Expectation): boolean {
  return status !== undefined || headers !== undefined
}

/** Whether the status of a reply is one of these. */
export function hasStatus(
  { status, grpcStatus }: Pick<ReplyHead, 'status' | 'grpcStatus'>,
  ranges: readonly StatusRange[],
): boolean {
  return ranges.some((range) =>
    'grpc' in range ? range.grpc === grpcStatus : status >= range.from && status <= range.to,
  )
}

/** An expectation as a reader of the inputs knows it: `/^one/`, or `status 2xx, header x-version /^v1$/`. */
export function expectationText({ pattern, status, headers }: Expectation): string {
  const parts = [
    ...(status === undefined ? [] : [`status ${status.map(statusText).join(', ')}`]),
    ...(headers ?? []).map((header) => `header ${header.name} /${header.pattern.source}/`),
  ]
  if (pattern === undefined) return parts.join(', ')
  return parts.length === 0
    ? `/${pattern.source}/`
    : [...parts, `body /${pattern.source}/`].join(', ')
}

/** `200`, `2xx`, `200-204` or `UNAVAILABLE`. */
export function statusText(range: StatusRange): string {
  if ('grpc' in range) return range.grpc
  const { from, to } = range
  if (from === to) return String(from)
  return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`
}

/** The same as it is written in the input `expect`. */
export function expectationInput({ pattern, status, headers }: Expectation): string {
  if (status === undefined && headers === undefined) return JSON.stringify(pattern?.source ?? '')
  const named = (headers ?? []).map(
    (header) => `${JSON.stringify(header.name)}: ${JSON.stringify(header.pattern.source)}`,
  )
  const statuses = (status ?? []).map(statusText)
  const parts = [
    ...(status === undefined
      ? []
      : [`status: ${statuses.length === 1 ? statuses[0] : `[${statuses.join(', ')}]`}`]),
    ...(headers === undefined ? [] : [`header: {${named.join(', ')}}`]),
    ...(pattern === undefined ? [] : [`body: ${JSON.stringify(pattern.source)}`]),
  ]
  return `{${parts.join(', ')}}`
}
