import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { endpointText } from '../../kube/endpoint.ts'
import { problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { countText } from '../model/percents.ts'
import { findClientLimits } from './client-limits.ts'
import { outcomesText } from './outcomes-text.ts'
import { remedyForReplies } from './probe-hints.ts'
import { answeredBy, sampleBeforeWrite } from './sample-before-write.ts'
import type { Trial, TriedReplies } from './trial-samples.ts'

/**
 * Sends the requests before the first write of a run with stamps. No reply shows its destination yet, only whether it is
 * a success. Where none is, a split of errors is all that the run could confirm, so it is refused.
 */
export async function tryUnstamped(
  context: Context,
  { gateway, endpoint, probe, names, order }: Trial,
  signal: AbortSignal,
): Promise<TriedReplies> {
  const samples = await sampleBeforeWrite(context, gateway, order, signal)
  const { counts, unclassified } = answeredBy(samples, 1)
  const [successes = 0] = counts
  context.emit({
    kind: 'preflight-replies',
    samples: samples.length,
    successes,
    byDestination: {},
    unclassified,
  })
  const replyCounts = { counts: names.map(() => 0), unclassified: 0 }
  const tried = { findings: findClientLimits(samples, endpoint), replyCounts, samples }
  if (successes > 0 || unclassified === 0 || signal.aborted) return tried
  const command = `To see what comes back:\n  ${probe.manualCommand(endpoint)}`
  const hasReplied = samples.some(({ classified }) => classified.kind === 'previous')
  const nothing = problem(
    'ITS-NO-SUCCESSFUL-REPLY',
    `None of ${countText(samples.length)} requests to ${endpointText(endpoint)} was a success: ${failuresText(samples)}. With expect: stamp, a run needs successes.`,
    hasReplied
      ? `Check probe-path, probe-host and probe-headers, or say with errors which statuses are errors. ${command}`
      : remedyForReplies({ ...context.options, probe }, endpoint, samples),
  )
  return { ...tried, nothing }
}

/** `8 with status 401 (for example ...), 2 reset`. */
function failuresText(samples: readonly ProbeSample[]): string {
  const statuses = new Map<string, number>()
  for (const { classified } of samples)
    if (classified.kind === 'previous')
      statuses.set(classified.detail, (statuses.get(classified.detail) ?? 0) + 1)
  const replied = [...statuses].map(
    ([detail, count]) => `${countText(count)} with ${JSON.stringify(detail)}`,
  )
  return [...replied, outcomesText(samples, 'request')].filter((text) => text !== '').join(', ')
}
