import type { FoundGateway } from '../../gateways/gateway-search.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Context } from '../model/context.ts'
import { openPortForward } from './open-port-forward.ts'
import { openServiceProxyReach } from './open-service-proxy.ts'
import type { Reach } from './reach.ts'

/** The way to the gateway that `connect` names; undefined: connections are opened from here. */
export async function openReach(
  context: Context,
  { rule, located }: { rule: Rule; located: FoundGateway },
  signal: AbortSignal,
): Promise<Reach | { finding: Problem } | undefined> {
  switch (context.options.connect) {
    case 'direct':
      return undefined
    case 'port-forward':
      return openPortForward(context, located, signal)
    case 'api-proxy':
      return openServiceProxyReach(context, rule, located)
  }
}
