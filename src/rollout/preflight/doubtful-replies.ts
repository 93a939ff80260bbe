import { expectationInput } from '../../evidence/probe/expectation.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { listText } from '../../problem/list-text.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { Swap } from '../../split/diagnosis/swapped-shares.ts'
import { logNoReplyEvidence } from '../../split/judge/no-reply.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Endpoints } from '../../workloads/ready-endpoints.ts'
import { endsWithWrite } from '../check/unanswered-destination.ts'
import { commandsOf } from '../diagnosis/commands.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { percentText } from '../model/percents.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { failingAddresses } from './failing-addresses.ts'
import { isJustChanged } from './just-changed.ts'
import { answered, lostText, outcomesText, rarity } from './outcomes-text.ts'
import {
  connectionsOf,
  FALSE_STOP,
  shownSwap,
  type UnansweredDestination,
  unansweredDestinations,
} from './preflight-sampling.ts'
import { explainedIn, expressions, hintForSamples } from './probe-hints.ts'
import { findUnaskedReplies } from './swapped-expectations.ts'
import { showsUnfit } from './unfit-expression.ts'

/** What preflight saw: the samples, and the Pods of destinations that answered none, where they could be read. */
export type Seen = {
  replyCounts: ReplyCounts
  samples: readonly ProbeSample[]
  /** Those that the samples took in turn, in their order; none where that is not known. */
  addresses: readonly string[]
  endpoints: ReadonlyMap<string, Endpoints>
  /** What took the samples. */
  probe: Probe | undefined
}

/**
 * What the replies before the write say against it: they look as if destinations were swapped in `expect`, a
 * destination with weight answers nothing, or too many connections are lost. This stops the run if chance is
 * practically excluded, the write would not help, and the replies cannot be those of the weights from before a
 * change that the gateway has yet to follow. Otherwise it is a warning.
 */
export function findDoubtfulReplies(context: Context, shiftPlan: ShiftPlan, seen: Seen): Problem[] {
  // If none was answered, that is an error of its own.
  const isAnswered = seen.replyCounts.counts.some((count) => count > 0)
  // Expressions that do not tell replies apart are an error of their own, too: the counts then say nothing.
  const { mode, evidence } = context.options
  // Counters have no expressions, and no reply that says which destination did not answer.
  if (mode !== 'shift' || evidence === 'counters' || !isAnswered || showsUnfit(seen.samples))
    return []
  const shares = shiftPlan.edit.presentShares
  const mayBePrevious = mayUsePreviousWeights(context, shiftPlan)
  const swap = shownSwap(seen.replyCounts, shares)
  if (swap !== undefined) {
    const [what, remedy] = swapped(context, shiftPlan, seen, swap)
    return [
      mayBePrevious
        ? warning(
            'ITS-EXPECT-SWAPPED',
            `${what} The object was changed less than propagation-timeout ago, so they may be replies of the previous weights.`,
            remedy,
          )
        : problem('ITS-EXPECT-SWAPPED', what, remedy),
    ]
  }
  const withoutReply = unansweredDestinations(seen.replyCounts, shares)
  const [first] = shiftPlan.checks
  const lost = seen.replyCounts.unclassified
  const bound =
    !mayBePrevious &&
    context.options.onFailure !== 'keep' &&
    first !== undefined &&
    !endsWithWrite(first, seen.replyCounts)
  return [
    ...withoutReply.flatMap((one) => {
      if (lost === 0)
        return mayBePrevious
          ? []
          : [warning('ITS-DESTINATION-NOT-REACHED', ...notReached(context, shiftPlan, seen, one))]
      const [what, remedy] = unanswered(context, shiftPlan, seen, one)
      if (!bound || !one.shown) return [warning('ITS-DESTINATION-UNANSWERED', what, remedy)]
      const more = howToTakeAll(shiftPlan, first, one)
      return [problem('ITS-DESTINATION-UNANSWERED', what, `${remedy}${more}`)]
    }),
    ...(withoutReply.length === 0
      ? [
          ...lossFindings(context, shiftPlan, seen, bound),
          ...perhapsUnanswered(context, shiftPlan, seen),
        ]
      : []),
    ...findUnaskedReplies(context, shiftPlan, seen.replyCounts),
  ]
}

/** Whether the gateway may still be on its way to the object's weights: not where there were none before. */
function mayUsePreviousWeights({ options }: Context, shiftPlan: ShiftPlan): boolean {
  return shiftPlan.object.generation !== 1 && isJustChanged(shiftPlan.sinceChangeMs, options)
}

function swapped(
  context: Context,
  plan: ShiftPlan,
  { replyCounts }: Seen,
  { order }: Swap,
): [what: string, remedy: string] {
  const { options } = context
  const { edit, object } = plan
  const two = edit.names.length === 2
  const moved = edit.names.filter(
    (_, i) => edit.presentShares[order[i] ?? i] !== edit.presentShares[i],
  )
  const each = (two ? moved : edit.names).map((name) => answered(name, plan, replyCounts))
  // The expression of a destination belongs to the one whose share its replies look like.
  const corrected = edit.names.flatMap((name, index) => {
    const from = edit.names[order.indexOf(index)] ?? name
    const expectation = options.expect.find(({ destination }) => destination === from)
    return expectation === undefined ? [] : [`${name}: ${expectationInput(expectation)}`]
  })
  // With three and more, so few replies do not show which expression belongs to which destination.
  const correct = two
    ? `If they are swapped, use expect: {${corrected.join(', ')}}`
    : `Check that expect has the correct expression for each destination (${expressions(options.expect)})`
  return [
    `The expressions of ${two ? listText(moved) : 'destinations'} in expect seem to be swapped. ${each.join('; ')}. With correct expressions, this happens in at most 1 of ${rarity(FALSE_STOP)} runs.`,
    `${correct}. If they are correct, the weights of ${object.namespace}/${object.name} are not in use:\n  ${commandsOf(context).show.proxies}`,
  ]
}

/** Samples were lost, and a destination answered none. */
function unanswered(
  context: Context,
  plan: ShiftPlan,
  seen: Seen,
  { index, chance }: UnansweredDestination,
): [what: string, remedy: string] {
  const { edit, object } = plan
  const { replyCounts, samples } = seen
  const name = edit.names[index] ?? ''
  const what = `${answered(name, plan, replyCounts)}. ${lostText(samples, plan.unit)} By chance that happens in 1 of ${rarity(chance)} runs.`
  const hint =
    explainedIn(context, samples)?.remedy ??
    hintForSamples({ ...context.options, probe: seen.probe }, samples)
  if (hint !== '') return [what, hint.trimEnd()]
  const endpoints = seen.endpoints.get(name)
  const pods =
    endpoints === undefined
      ? `${kubectl(context.workloads, object.namespace)} get pods --show-labels`
      : `${kubectl(context.workloads, endpoints.namespace)} get pods --selector ${shellQuoted(endpoints.selector)}`
  return [what, `Check the Pods of ${name}:\n  ${pods}`]
}

/** A write that takes only part of the traffic from a destination that fails would be rolled back. One that takes all is not refused. */
function howToTakeAll(
  { edit }: ShiftPlan,
  { target }: Check,
  { index }: UnansweredDestination,
): string {
  const left = target[index] ?? 0
  if (left >= (edit.presentShares[index] ?? 0)) return ''
  const name = edit.names[index]
  return `\nThe first write leaves ${percentText(left)} to ${name}, so the check would fail. To move all traffic away from ${name}, write 0% for it at once, without steps.`
}

/** No sample was lost, and yet a destination answered none: none reaches it. */
function notReached(
  context: Context,
  plan: ShiftPlan,
  { replyCounts }: Seen,
  { index, chance }: UnansweredDestination,
): [what: string, remedy: string] {
  const { edit, object, unit } = plan
  const name = edit.names[index] ?? ''
  const commands = commandsOf(context)
  return [
    `${answered(name, plan, replyCounts)}, although all were answered. No ${unit} from here reaches ${name}. By chance that happens in 1 of ${rarity(chance)} runs.`,
    `Check what keeps ${unit}s from here on one destination (sessionAffinity of a Service, a load balancer that hashes addresses, ${commands.affinity}), and whether the gateway uses the weights of ${object.namespace}/${object.name}:\n  ${commands.show.proxies}`,
  ]
}

/** Each destination answers, and yet more samples are lost than a check lets pass. */
function lossFindings(
  context: Context,
  { unit }: ShiftPlan,
  seen: Seen,
  bound: boolean,
): Problem[] {
  const { replyCounts, samples } = seen
  const { unclassified } = replyCounts
  const all = connectionsOf(replyCounts)
  if (logNoReplyEvidence(all, unclassified) < -Math.log(FALSE_STOP)) return []
  const what = `${unclassified} of ${all} ${unit}s got no recognized reply before the write: ${outcomesText(samples, unit)}. A check tolerates 1 in 100, so it would fail.`
  const address = failingAddresses(seen, unit)
  const remedy =
    address ??
    explainedIn(context, samples)?.remedy ??
    (hintForSamples({ ...context.options, probe: seen.probe }, samples).trimEnd() ||
      'Check the Pods behind the gateway first.')
  return [(bound ? problem : warning)('ITS-CONNECTIONS-UNANSWERED', what, remedy)]
}

/** Samples were lost, and a destination with so little weight answered none that it may be chance. */
function perhapsUnanswered(context: Context, plan: ShiftPlan, seen: Seen): Problem[] {
  const { edit } = plan
  const { replyCounts, samples } = seen
  if (replyCounts.unclassified === 0) return []
  return edit.names.flatMap((name, index) => {
    const chance = (1 - (edit.presentShares[index] ?? 0)) ** connectionsOf(replyCounts)
    if (chance === 1 || (replyCounts.counts[index] ?? 0) > 0) return []
    const [, remedy] = unanswered(context, plan, seen, { index, chance, shown: false })
    const what = `${answered(name, plan, replyCounts)}. ${lostText(samples, plan.unit)} These are too few to show whether they went to ${name}.`
    return [warning('ITS-DESTINATION-UNANSWERED', what, remedy)]
  })
}
