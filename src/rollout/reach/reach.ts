import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { FoundAddress } from '../../gateways/gateway-search.ts'
import type { Code } from '../../problem/codes.ts'
import type { Problem } from '../../problem/problem.ts'
import { problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'

/** A way to the gateway through the API server, or from Pods of a Job. It lasts until the run ends. */
export type Reach = {
  /** Where it begins. */
  address: FoundAddress
  /** The command that takes one sample in the same way, from the one that takes it at the address. */
  manualCommand: (direct: string) => string
  findings: readonly Problem[]
  /** What of the probe takes this way, if that is not a connection to its address. */
  probe?: Pick<Probe, 'takesAddressesInTurn' | 'open' | 'openKept'>
  /** What takes the samples where they are not taken in this process. */
  source?: EvidenceSource<ProbeSample>
  /** Makes it ready to last, when preflight has found nothing wrong. Fails with a RunError. */
  prepare?: (signal: AbortSignal) => Promise<void>
  /** Why it broke, as a sentence; undefined while it works. */
  broken(): string | undefined
  /** Aborts when it breaks. */
  signal: AbortSignal
  /** What to do where it broke, if more is known than for any way. */
  remedy?: () => { code: Code; remedy: string } | undefined
  /** The code of a break after the write. */
  brokenCode?: Code
}

const REMEDY =
  'Run it again. If it breaks again, look at the API server, at the node of the Pod, and at proxies between this machine and the API server. They may close long-lived connections.'

/** The error of a check whose way to the gateway broke; undefined where it did not. */
export function brokenError(reach: Reach | undefined): RunError | undefined {
  const why = reach?.broken()
  return why === undefined
    ? undefined
    : new RunError(
        reach?.brokenCode ?? 'ITS-TUNNEL-BROKEN',
        `${why} The split can no longer be observed.`,
        reach?.remedy?.()?.remedy ?? REMEDY,
      )
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
  if (why === undefined) return []
  const { code, remedy } = reach.remedy?.() ?? { code: 'ITS-POD-NOT-REACHED', remedy: REMEDY }
  return [problem(code, why, remedy)]
}
