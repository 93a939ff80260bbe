import type { Probe } from '../../evidence/probe/probe.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Context } from '../model/context.ts'
import { openReach } from '../reach/open-reach.ts'
import { brokenBefore, type Reach } from '../reach/reach.ts'

/** Where samples are taken, and by what. */
export type Way = { address: FoundAddress; probe: Probe }

type Tried = { findings: Problem[] }

/**
 * Takes the samples before the write in the way that `connect` names. A way through the API server stays open until the
 * run ends. Where it cannot be opened, or breaks, the samples show `nothing`.
 */
export async function throughReach<T extends Tried>(
  context: Context,
  { rule, located, nothing, ...direct }: Way & { rule: Rule; located: FoundGateway; nothing: T },
  sample: (way: Way, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T & { reach?: Reach | undefined }> {
  const reach = await openReach(context, { rule, located }, signal)
  if (reach === undefined) return sample(direct, signal)
  if ('finding' in reach) return { ...nothing, findings: [reach.finding] }
  const probe: Probe = {
    ...direct.probe,
    ...reach.probe,
    manualCommand: (endpoint) => reach.manualCommand(direct.probe.manualCommand(endpoint)),
  }
  const over = AbortSignal.any([signal, reach.signal])
  const tried = await sample({ address: reach.address, probe }, over).catch((error: unknown) => {
    if (reach.broken() === undefined) throw error
    return nothing
  })
  const broken = brokenBefore(reach)
  if (broken.length > 0) return { ...nothing, findings: broken }
  return { ...tried, reach, findings: [...reach.findings, ...tried.findings] }
}
