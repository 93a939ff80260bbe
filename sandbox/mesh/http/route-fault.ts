import { dig, isObject, type Json, numberAt, textAt } from '../../objects/json.ts'
import { durationMs } from './duration.ts'
import type { RouteFault } from './routes.ts'

/** The fault injection of a rule. */
export function faultOf(json: Json): RouteFault | undefined {
  if (!isObject(json)) return undefined
  const delayMs = durationMs(textAt(json, 'delay', 'fixedDelay'))
  const abort = dig(json, 'abort')
  const status = numberAt(abort, 'httpStatus')
  const grpc = textAt(abort, 'grpcStatus')
  return {
    delay: delayMs === undefined ? undefined : { percent: percentOf(json, 'delay'), ms: delayMs },
    abort:
      status === undefined && grpc === undefined
        ? undefined
        : {
            percent: percentOf(json, 'abort'),
            status: status ?? 200,
            grpcStatus: grpc === undefined ? undefined : GRPC_STATUSES.indexOf(grpc),
          },
  }
}

/** Without a percentage, Envoy's default of 0 holds. */
function percentOf(json: Json, field: string): number {
  return numberAt(json, field, 'percentage', 'value') ?? numberAt(json, field, 'percent') ?? 0
}

/** Names of gRPC's status codes, by number. */
const GRPC_STATUSES: readonly string[] = [
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
