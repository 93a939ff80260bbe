import type { ApiHooks } from '../../kube/api-server.ts'
import type { RunEvent } from '../../rollout/model/events.ts'

/** Reports of calls to API servers: kept until what takes them is there. */
export type HeldCalls = {
  hooks: Required<Pick<ApiHooks, 'onCall' | 'onRetry' | 'onSent'>>
  /** Resolves when the first request was sent, or is not going to be: then there is time to load the rest. */
  sent: Promise<void>
  /** Passes on what was kept, and from then on everything. */
  passTo: (take: (event: RunEvent) => void) => void
}

/** A request that has not been sent by then waits for another party, for example a name server. Milliseconds. */
const LONGEST_WAIT_MS = 100

export function holdCalls(): HeldCalls {
  const kept: RunEvent[] = []
  let take = (event: RunEvent) => {
    kept.push(event)
  }
  let resolve: () => void = () => undefined
  const sent = new Promise<void>((done) => {
    resolve = done
    setTimeout(done, LONGEST_WAIT_MS)
  })
  const ended = (event: RunEvent) => {
    resolve()
    take(event)
  }
  return {
    hooks: {
      onSent: () => resolve(),
      onCall: (call) => ended({ kind: 'api-call', call }),
      onRetry: (retry) => ended({ kind: 'api-retry', retry }),
    },
    sent,
    passTo(next) {
      take = next
      for (const event of kept.splice(0)) next(event)
    },
  }
}
