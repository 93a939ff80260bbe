import { isLive, type Journal } from './journal.ts'
import { Stop } from './outcome.ts'

/** The object got a new version that nobody can be seen to have made. */
export function fencedOff(): Stop {
  return changed(
    'got a new version without a visible change: a post step of this very run has fenced it off, or another run came and went',
  )
}

/** Somebody else's mark is there, or that of a run's own write is gone. `nowMs` is the API server's time. */
export function overtaken(own: Journal, there: Journal | undefined, nowMs: number): Stop {
  if (!there) return changed('was changed by somebody else while the run was in progress')
  if (there.owner === own.owner)
    return changed('was changed by somebody else as soon as this run had written it')
  if (!isLive(there, nowMs, own)) {
    return changed(
      `got a late write of run ${there.run} (attempt ${there.attempt}), which died, while this run was in progress; the next shift undoes it`,
    )
  }
  return new Stop(
    'error',
    'locked',
    `another run was faster: run ${there.run} (attempt ${there.attempt}) is shifting this VirtualService, until ${there.expires} at the latest; nothing was written`,
    'Wait for that run.',
  )
}

/** Somebody else wrote to the object. */
export function changed(what: string): Stop {
  return new Stop(
    'error',
    'changed-by-other',
    `the VirtualService ${what}`,
    'See who writes it (kubectl get --show-managed-fields), then run again.',
  )
}
