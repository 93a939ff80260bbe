import type { StatusRange } from './expectation.ts'
import { GRPC_STATUSES } from './grpc-status.ts'
import type { ReplyUntil } from './reply-reader.ts'

const SERVER_ERRORS: readonly StatusRange[] = [{ from: 500, to: 599 }]
const NOT_A_SUCCESS: readonly StatusRange[] = [
  { from: 100, to: 199 },
  { from: 300, to: 599 },
]
const GRPC_ERRORS = ['UNAVAILABLE', 'INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'DEADLINE_EXCEEDED']

/**
 * Which replies count as errors where the input `errors` does not say it; undefined for a probe whose replies have no
 * status. With stamps a gateway's own 401 or 404 names a destination too, so that only a success is none.
 */
export function defaultErrors(
  kind: string,
  { stamp }: { stamp: boolean },
): readonly StatusRange[] | undefined {
  if (kind === 'grpc')
    return (stamp ? GRPC_STATUSES.filter((name) => name !== 'OK') : GRPC_ERRORS).map((grpc) => ({
      grpc,
    }))
  if (kind !== 'http') return undefined
  return stamp ? NOT_A_SUCCESS : SERVER_ERRORS
}

/**
 * Whether a connection that breaks off shows its destination: not with a reply that is complete as soon as it is
 * recognized, nor with a command, which shows no connection.
 */
export function attributesCut(kind: string, { replyUntil }: { replyUntil: ReplyUntil }): boolean {
  return kind === 'tcp' && replyUntil !== 'match'
}
