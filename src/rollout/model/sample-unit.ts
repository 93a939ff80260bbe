import type { ProbeName } from '../../evidence/probe/probe-inputs.ts'
import type { Rule } from '../../routes/rule.ts'

/** What people call a sample. */
export type SampleUnit = 'connection' | 'request'

/**
 * What the samples of a rule are called: Istio splits the requests of http and grpc rules, and the connections of others. A
 * probe that sees no request in what it sends samples connections on any rule.
 *
 * @param probe the input; undefined: the default of the rule
 */
export function unitOf(
  { protocol }: Pick<Rule, 'protocol'>,
  probe: ProbeName | undefined,
): SampleUnit {
  const splitsRequests = protocol === 'http' || protocol === 'grpc'
  return splitsRequests && probe !== 'tcp' && probe !== 'command' ? 'request' : 'connection'
}
