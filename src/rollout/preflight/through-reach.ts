import type { EvidenceSource } from '../../evidence/evidence-source.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { FoundAddress } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { openReach } from '../reach/open-reach.ts'
import { brokenBefore, type Reach } from '../reach/reach.ts'
import type { Taken } from '../reach/taken.ts'

/** Where samples are taken, and by what. `source`: what takes them, where this process does not. */
export type Way = { address: FoundAddress; probe: Probe; source?: EvidenceSource<ProbeSample> }

type Tried = { findings: Problem[] }

/**
 * Takes the samples before the write in the way that `connect` names. A way through the API server stays open until the
 * run ends. Where it cannot be opened, or breaks, the samples show `nothing`.
 */
export async function throughReach<T extends Tried>(
  context: Context,
  { nothing, ...task }: Taken & { probe: Probe; nothing: T },
  sample: (way: Way, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T & { reach?: Reach | undefined }> {
  const reach = await openReach(context, task, signal)
  if (reach === undefined) return sample({ address: task.address, probe: task.probe }, signal)
  if ('finding' in reach) return { ...nothing, findings: [reach.finding] }
  const probe: Probe = {
    ...task.probe,
    ...reach.probe,
    manualCommand: (endpoint) => reach.manualCommand(task.probe.manualCommand(endpoint)),
  }
  const over = AbortSignal.any([signal, reach.signal])
  const { address, source } = reach
  const way = { address, probe, ...(source && { source }) }
  const tried = await sample(way, over).catch((error: unknown) => {
    if (reach.broken() === undefined) throw error
    return nothing
  })
  const broken = brokenBefore(reach)
  if (broken.length > 0) return { ...nothing, findings: broken }
  return { ...tried, reach, findings: [...reach.findings, ...tried.findings] }
}
