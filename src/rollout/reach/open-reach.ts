import type { FoundGateway } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { openPortForward } from './open-port-forward.ts'
import type { Reach } from './reach.ts'

/** The way to the gateway that `connect` names; undefined: connections are opened from here. */
export async function openReach(
  context: Context,
  located: FoundGateway,
  signal: AbortSignal,
): Promise<Reach | { finding: Problem } | undefined> {
  const { connect } = context.options
  if (connect === 'direct') return undefined
  return openPortForward(context, located, signal)
}
