import { startJournal } from '../../journal/journal.ts'
import { readObject } from '../../journal/read-object.ts'
import { openReversibleWrite, type ReversibleWrite } from '../../journal/reversible-write.ts'
import { textsAt } from '../../kube/json.ts'
import { apiVersionOf } from '../../kube/resources.ts'
import type { Options } from '../../options/options.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { specChangedAtMs } from '../../routes/controllers/spec-writers.ts'
import { percentsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { selectRule } from '../../routes/select-rule.ts'
import { planWeights } from '../../routes/weights/weight-edit.ts'
import { giveShares } from '../../routes/weights/weights.ts'
import { recover } from '../interrupted/recover-journal.ts'
import type { Context } from '../model/context.ts'
import type { Recovered } from '../model/recovered.ts'
import { objectOf } from '../object-of.ts'
import { weightsIn } from '../seen-weights.ts'
import { awaitManifest } from './await-manifest.ts'
import { findTooFewConnections, findTooLittle } from './budget-warnings.ts'
import { namedDestinations } from './named-destinations.ts'
import { withOwnNames } from './own-names.ts'
import { placeOfNew } from './place-of-new.ts'
import { planRun } from './plan-run.ts'
import type { ShiftPlan } from './shift-plan.ts'
import { stampProblem } from './stamp-problem.ts'
import { findWideTolerance } from './tolerance-warning.ts'

/** What is learned of the object before there is a plan, as it is learned. */
export type Learned = {
  /** Each look at the object. */
  onRead: (object: RouteObject) => void
  onRecovered: (recovered: Recovered) => void
}

/** Reads the object, deals with what another run left on it, and plans the edit. */
export async function readPlanInput(
  context: Context,
  signal: AbortSignal,
  { onRead, onRecovered }: Learned,
): Promise<ShiftPlan> {
  const read = await readObject(objectOf(context), signal)
  onRead(read.object)
  stopIfDeleted(context, read.object)
  const { manifestRule } = context
  const rolled = manifestRule && (await awaitManifest(context, manifestRule, read, signal))
  // The cluster may name a destination differently from the file.
  const asked = rolled ? { ...context.options, wanted: rolled.wanted } : context.options
  const { resource } = read
  const target = { object: (rolled ?? read).object, resource, onRecovered }
  const object = await recover(context, target, signal)
  // A plan may start from weights that the object does not have.
  const isToBeRestored = context.options.mode === 'plan' && object !== target.object
  if (!isToBeRestored) onRead(object)
  const rule = rolled ? rolled.rule : chosenRule(object, asked)
  const options = withOwnNames(asked, rule, object.namespace)
  const unstampable = options.stamp ? stampProblem(object, rule) : undefined
  if (unstampable) throw stopFor([unstampable])
  const place = await placeOfNew({ ...context, options }, object, rule, signal)
  const planned = planWeights(rule, options.wanted, place)
  if (!planned.ok) throw stopFor(planned.problems)
  const edit = planned.value
  const inForce = isToBeRestored ? weightsIn(target.object, { object, rule }) : undefined
  const run = planRun(rule, edit, options)
  const { targets, writes } = run
  const plan = inForce === undefined ? run.planned : { ...run.planned, inForce }
  const changedAtMs = specChangedAtMs(object)
  const nowMs = context.api.nowMs()
  context.emit({ kind: 'object-read', apiVersion: apiVersionOf(resource), uid: object.uid })
  context.emit({ kind: 'planned', plan })
  // What opens connections measures how long they take, in preflight.
  const tooLittle =
    options.mode === 'plan'
      ? findTooLittle(plan.checks, options)
      : findTooFewConnections(plan.checks)
  // Stamps are new with each write, so a check with them passes only on a gateway that uses it.
  const tooWide = options.stamp ? [] : findWideTolerance(plan.checks)
  for (const finding of [...tooWide, ...tooLittle]) context.emit({ kind: 'finding', finding })
  if (options.mode === 'verify' && !giveShares(edit.target, edit.presentShares)) {
    const says = percentsText(plan.present)
    const finding = warning(
      'ITS-OTHER-WEIGHTS-ON-OBJECT',
      `${object.namespace}/${object.name} has ${says}. This run verifies ${percentsText(plan.weights)}.`,
      'If you want these weights in force, shift to them, or wait for the controller that rolls them out. To verify the weights of the object, use weights: current without manifest.',
    )
    context.emit({ kind: 'finding', finding })
  }
  return {
    object,
    resource,
    rule,
    edit,
    inForce,
    unit: plan.unit,
    apiVersion: resource.version,
    write: writes ? openWrite(context, { object, resource, rule, edit }) : undefined,
    weighted: edit.names.flatMap((name, index) => {
      const destination = edit.destinations[index]
      const gets = targets.some((step) => (step.parts[index] ?? 0) > 0)
      return gets && destination !== undefined ? [{ name, destination }] : []
    }),
    targets,
    checks: plan.checks,
    shifted: plan.shifted,
    sinceChangeMs: leastOf(
      changedAtMs === undefined || nowMs === undefined ? undefined : nowMs - changedAtMs,
      rolled?.differedAtMs === undefined ? undefined : context.nowMs() - rolled.differedAtMs,
    ),
  }
}

/** Of what is known of the age of a change, the shorter one. */
function leastOf(...ages: (number | undefined)[]): number | undefined {
  const known = ages.filter((age) => age !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function openWrite(
  { api, workloads, options, run, saveIntent, emit }: Context,
  target: Pick<ShiftPlan, 'object' | 'resource' | 'rule' | 'edit'>,
): ReversibleWrite {
  const { timeoutMs } = options
  const onFailure = options.onFailure === 'keep' ? 'keep' : 'rollback'
  const startedMs = api.nowMs() ?? Date.now()
  return openReversibleWrite({
    ...target,
    api,
    journal: startJournal({ ...run, startedMs, timeoutMs, onFailure }, target.object, target.rule),
    toLastStep: options.onFailure === 'last-step',
    stamps: options.stamp,
    gatewayContext: workloads.context,
    saveIntent,
    onTrouble: (why) => emit({ kind: 'release-trouble', why }),
    onWarning: (finding) => emit({ kind: 'finding', finding }),
  })
}

function chosenRule(object: RouteObject, options: Options): Rule {
  const chosen = selectRule(object, options.route, namedDestinations(options))
  if (chosen.ok) return chosen.value
  throw stopFor(chosen.problems)
}

/** Ends a run that has written nothing. */
function stopFor(problems: readonly Problem[]): Error {
  const error = RunError.ofAll(problems)
  return error ?? new RunError('ITS-INTERNAL', 'A problem was not named.')
}

/** The weights of an object that is being deleted are gone as soon as its finalizers let it go. */
function stopIfDeleted({ options, emit }: Context, object: RouteObject): void {
  const { deletedAt, name, namespace } = object
  if (deletedAt === undefined) return
  const finalizers = textsAt(object.raw, 'metadata', 'finalizers')
  const held = finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : ''
  const what = `${namespace}/${name} is being deleted (since ${deletedAt}${held}).`
  if (options.mode !== 'verify')
    throw new RunError('ITS-OBJECT-TERMINATING', what, 'Create it again first.')
  emit({ kind: 'finding', finding: warning('ITS-OBJECT-TERMINATING', what) })
}
