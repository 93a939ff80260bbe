/**
 * The names of gRPC statuses, each at the place of its code.
 * Source: grpc, doc/statuscodes.md.
 */
export const GRPC_STATUSES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** The name of a gRPC status code. A client takes a code that does not exist for UNKNOWN. */
export function grpcStatusName(code: number): string {
  return GRPC_STATUSES[code] ?? 'UNKNOWN'
}
