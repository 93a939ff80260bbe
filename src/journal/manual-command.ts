import type { PatchOperation } from '../kube/json-patch.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { OnFailure } from '../options/options.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { kindOf } from '../routes/kinds.ts'
import { kubectlType, type RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { restoreOperation } from '../routes/weights/weigh.ts'
import type { WrittenDestinations } from '../routes/written-destinations.ts'
import { JOURNAL } from './journal.ts'

/** The commands that put an entry's routes back by hand and remove the mark, if it is there; they fail where the entry is not the one. */
export function restoreCommand(
  context: string | undefined,
  object: RouteObject,
  rule: Rule,
  original: WrittenDestinations,
): string {
  const operations: PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: object.uid },
    ...kindOf(object).guard(rule),
    restoreOperation(rule, original),
  ]
  const patch = `${kubectl(context, object.namespace)} patch ${kubectlType(object)} ${shellQuoted(object.name)} --type json --patch ${shellQuoted(JSON.stringify(operations))}`
  // The mark stays where the weights could not be put back: it says what they were.
  return `${patch} &&\n  ${removeJournalCommand(context, object)}`
}

/** The commands that do by hand what a run does that did not pass, and could not. */
export function rollbackCommand(
  context: string | undefined,
  onFailure: OnFailure,
  object: RouteObject,
  rule: Rule,
  original: WrittenDestinations,
): string {
  return onFailure === 'keep'
    ? removeJournalCommand(context, object)
    : restoreCommand(context, object, rule, original)
}

/** The command that removes the mark, if it is there. */
export function removeJournalCommand(context: string | undefined, object: RouteObject): string {
  return `${kubectl(context, object.namespace)} annotate ${kubectlType(object)} ${shellQuoted(object.name)} ${shellQuoted(`${JOURNAL}-`)}`
}

/** The command that shows the object. */
export function showCommand(context: string | undefined, object: RouteObject): string {
  return `${kubectl(context, object.namespace)} get ${kubectlType(object)} ${shellQuoted(object.name)} --output yaml`
}

/** This tool's own command for the object, in one of the modes that need nothing else. */
export function toolCommand(
  mode: 'rollback' | 'status',
  context: string | undefined,
  { namespace, name }: Pick<RouteObject, 'namespace' | 'name'>,
): string {
  const where = context === undefined ? '' : ` --context ${shellQuoted(context)}`
  return `istio-traffic-shift ${mode} --namespace ${shellQuoted(namespace)} --virtual-service ${shellQuoted(name)}${where}`
}
