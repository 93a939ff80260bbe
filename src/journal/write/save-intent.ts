import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context, Intent, Memory } from '../../rollout/model/context.ts'
import type { ShiftPlan } from '../../rollout/plan/shift-plan.ts'
import { objectNameOf } from '../../routes/object-name.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { JOURNAL } from '../journal.ts'
import { rollbackCommand, showCommand } from '../manual-command.ts'
import type { Written } from './written.ts'

/**
 * Post gets all of this in one variable of its environment, of which Linux takes no more than 128 KiB,
 * quotes escaped; else it could not start at all. The journal on the object has the old weights too.
 */
const LONGEST_PART = 32_000

/** Saves what post needs, before a write. Where that fails the run must not begin to write. */
export function saveWrite(
  context: Context,
  shiftPlan: ShiftPlan,
  written: Written,
): RunError | undefined {
  return save(context, shiftPlan, written, 'expected')
}

/** Saves that the last write was stored without its journal, so that post can restore all the same. */
export function saveLost(context: Context, shiftPlan: ShiftPlan, written: Written): void {
  save(context, shiftPlan, written, 'lost')
}

/** Saves that the run is done, so that post does not take the missing journal for a lost one. */
export function saveRelease(context: Context, shiftPlan: ShiftPlan, written: Written): void {
  save(context, shiftPlan, written, 'released')
}

function save(
  context: Context,
  shiftPlan: ShiftPlan,
  written: Written,
  journal: Memory['journal'],
): RunError | undefined {
  try {
    context.saveIntent(intentOf(context, shiftPlan, written, journal))
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return new RunError(
      'ITS-PREFLIGHT',
      `the state for the step that cleans up could not be saved (${why}), so nothing was written`,
      'Look at the disk of the runner: it may be full.',
    )
  }
}

function intentOf(
  { options, run, api, workloads }: Context,
  shiftPlan: ShiftPlan,
  { object, journal, sent }: Written,
  state: Memory['journal'],
): Intent {
  const { kind, match, nth, restoreTo: original } = journal
  const rule = findRuleByIdentity(object, match, nth) ?? shiftPlan.rule
  const byHand = rollbackCommand(api.context, options.onFailure, object, rule, original)
  const stored = state === 'lost' ? object.annotations[JOURNAL] : undefined
  const { generation } = object
  const { onFailure } = options
  const memory: Memory = {
    kind,
    match,
    nth,
    original,
    written: sent,
    onFailure,
    generation,
    journal: state,
    ...(stored === undefined ? {} : { stored }),
  }
  return {
    owner: run.owner,
    uid: object.uid,
    server: api.server,
    context: api.context ?? IN_CLUSTER,
    gatewayContext: workloads.context ?? IN_CLUSTER,
    ...objectNameOf(options),
    version: shiftPlan.istioVersion,
    byHand: byHand.length > LONGEST_PART ? showCommand(api.context, object) : byHand,
    memory: Buffer.byteLength(JSON.stringify(memory)) > LONGEST_PART ? undefined : memory,
  }
}
