import type { FoundAddress } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import { problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'

/** A way to the gateway through the API server. It lasts until the run ends. */
export type Reach = {
  /** Where connections take it, on this machine. */
  address: FoundAddress
  /** A command that opens the same way again, for those who repeat a connection themselves. */
  command: string
  findings: readonly Problem[]
  /** Why it broke, as a sentence; undefined while it works. */
  broken(): string | undefined
  /** Aborts when it breaks. */
  signal: AbortSignal
}

const REMEDY =
  'Run it again. If it breaks again, look at the API server, at the node of the Pod, and at proxies between this machine and the API server. They may close connections that last.'

/** The error of a check whose way to the gateway broke; undefined where it did not. */
export function brokenError(reach: Reach | undefined): RunError | undefined {
  const why = reach?.broken()
  return why === undefined
    ? undefined
    : new RunError('ITS-TUNNEL-BROKEN', `${why} The split can no longer be observed.`, REMEDY)
}

/** Ends a run whose way to the gateway broke before its check was decided. */
export function throwIfBroken(
  { reach }: { reach: Reach | undefined },
  { ended }: { ended?: unknown },
  signal: AbortSignal,
): void {
  const broken = ended === undefined && !signal.aborted ? brokenError(reach) : undefined
  if (broken) throw broken
}

/** The same before the write, when nothing is lost. */
export function brokenBefore(reach: Reach): Problem[] {
  const why = reach.broken()
  return why === undefined ? [] : [problem('ITS-POD-NOT-REACHED', why, REMEDY)]
}
