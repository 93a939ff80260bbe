import { isClientLimit } from '../../../problem/client-limit.ts'
import type { ConnectionOutcome } from '../connection-outcome.ts'

/** How a connection ended that met an error of the system. */
export function failureOf(error: NodeJS.ErrnoException): ConnectionOutcome {
  const code = error.code ?? error.message
  if (isClientLimit(code)) return { kind: 'client-limit', why: code }
  if (code === 'ECONNREFUSED') return { kind: 'refused' }
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset' }
  return { kind: 'failed', why: code }
}
