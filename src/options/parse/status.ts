import type { StatusRange } from '../../evidence/probe/expectation.ts'
import { GRPC_STATUSES } from '../../evidence/probe/grpc-status.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { Given } from '../option.ts'

/** Reads `200`, `2xx` and names of gRPC statuses. Notes a problem for each text that is none of them. */
export function parseStatuses(
  given: Given,
  texts: readonly string[],
): readonly StatusRange[] | undefined {
  const statuses = texts.map((text) => parseStatus(text))
  const wrong = [...new Set(texts.filter((_, index) => statuses[index] === undefined))]
  for (const text of wrong)
    given.refuse(
      'ITS-STATUS-INVALID',
      (shown) =>
        `${given.name}: ${shown(text)} is not a status. Use an HTTP status such as 200 or 2xx, or the name of a gRPC status such as UNAVAILABLE.${suggestion(nearest(text.toUpperCase(), GRPC_STATUSES))}`,
    )
  return wrong.length > 0 ? undefined : statuses.flatMap((status) => status ?? [])
}

function parseStatus(text: string): StatusRange | undefined {
  if (GRPC_STATUSES.includes(text)) return { grpc: text }
  const [, hundreds] = /^([1-5])xx$/i.exec(text) ?? []
  if (hundreds !== undefined)
    return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 }
  const status = /^\d{3}$/.test(text) ? Number(text) : 0
  return status >= 100 && status <= 599 ? { from: status, to: status } : undefined
}
