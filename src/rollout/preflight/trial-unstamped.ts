import { endpointText } from '../../kube/endpoint.ts'
import { problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { countText } from '../model/percents.ts'
import { findClientLimits } from './client-limits.ts'
import { outcomesText } from './outcomes-text.ts'
import { explainedIn, remedyForReplies } from './probe-hints.ts'
import { answeredBy, reportReplies, sampleBeforeWrite } from './sample-before-write.ts'
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
  reportReplies(
    context,
    {
      samples: samples.length,
      successes,
      byDestination: {},
      unclassified,
    },
    signal,
  )
  const replyCounts = { counts: names.map(() => 0), unclassified: 0 }
  const tried = { findings: findClientLimits(samples, endpoint), replyCounts, samples }
  if (successes > 0 || unclassified === 0 || signal.aborted) return tried
  const own = explainedIn(context, samples)
  const meaning = own === undefined ? '' : ` ${own.what}`
  const command = `To see what comes back:\n  ${probe.manualCommand(endpoint)}`
  const hasReplied = samples.some(({ classified }) => classified.kind === 'previous')
  const check =
    own?.remedy ??
    'Check probe-path, probe-host and probe-headers, or say with errors which statuses are errors.'
  const nothing = problem(
    'ITS-NO-SUCCESSFUL-REPLY',
    `None of ${countText(samples.length)} requests to ${endpointText(endpoint)} was a success: ${outcomesText(samples, 'request')}.${meaning} With expect: stamp, a run needs successes.`,
    own !== undefined || hasReplied
      ? `${check}\n${command}`
      : remedyForReplies({ ...context.options, probe }, endpoint, samples),
  )
  return { ...tried, nothing }
}
