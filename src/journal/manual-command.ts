import type { PatchOperation } from '../kube/json-patch.ts'
import { type ClusterFlags, clusterFlags, kubectl } from '../kube/kubectl.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { kindOf, kubectlType } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { findRule } from '../routes/rule-identity.ts'
import { withoutStamps } from '../routes/weights/stamps.ts'
import { restoreOperation } from '../routes/weights/weigh.ts'
import type { WrittenDestinations } from '../routes/written-destinations.ts'
import { JOURNAL, type Journal, type OnFailure } from './journal.ts'

/** The rule that a command restores, and to what. */
type Restorable = { object: RouteObject; rule: Rule; original: WrittenDestinations }

/** The commands that restore a rule and remove the journal, if it is there. They fail where the rule is another one. */
export function restoreCommand(
  cluster: ClusterFlags,
  { object, rule, original }: Restorable,
): string {
  const operations: PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: object.uid },
    ...kindOf(object).guard(rule),
    restoreOperation(rule, original),
  ]
  const patch = `${kubectl(cluster, object.namespace)} patch ${kubectlType(object)} ${shellQuoted(object.name)} --type json --patch ${shellQuoted(JSON.stringify(operations))}`
  // The journal stays where the patch fails, since it is the record of the previous weights.
  return `${patch} &&\n  ${removeJournalCommand(cluster, object)}`
}

/** The commands that restore what a journal records; undefined where its rule is gone. */
export function restoreCommandOf(
  cluster: ClusterFlags,
  object: RouteObject,
  journal: Pick<Journal, 'protocol' | 'match' | 'nth' | 'restoreTo'>,
): string | undefined {
  const rule = findRule(object, journal)
  return rule && restoreCommand(cluster, { object, rule, original: journal.restoreTo })
}

/** The commands that do what a run does when it does not pass. */
export function rollbackCommand(
  cluster: ClusterFlags,
  { onFailure, ...restorable }: Restorable & { onFailure: OnFailure },
): string {
  if (onFailure === 'rollback') return restoreCommand(cluster, restorable)
  const { object, rule, original } = restorable
  const kept = withoutStamps(rule.written, rule.format, { original })
  return kept === rule.written
    ? removeJournalCommand(cluster, object)
    : restoreCommand(cluster, { object, rule, original: kept })
}

/** The command that removes the journal, if it is there. */
export function removeJournalCommand(cluster: ClusterFlags, object: RouteObject): string {
  return `${kubectl(cluster, object.namespace)} annotate ${kubectlType(object)} ${shellQuoted(object.name)} ${shellQuoted(`${JOURNAL}-`)}`
}

/** The command that shows the object. */
export function showCommand(cluster: ClusterFlags, object: RouteObject): string {
  return `${kubectl(cluster, object.namespace)} get ${kubectlType(object)} ${shellQuoted(object.name)} --output yaml`
}

/** The command that shows the object with the clients that wrote its fields. */
export function ownersCommand(cluster: ClusterFlags, object: RouteObject): string {
  return `${showCommand(cluster, object)} --show-managed-fields`
}

/** This tool's own command for the object, in a mode that needs no other option. */
export function toolCommand(
  mode: 'rollback' | 'status',
  cluster: ClusterFlags,
  { kind, namespace, name }: Pick<RouteObject, 'kind' | 'namespace' | 'name'>,
): string {
  const { gateway } = cluster
  const gatewayFlags = gateway === undefined ? '' : clusterFlags(gateway, 'gateway-')
  const object =
    kind === 'VirtualService'
      ? `--virtual-service ${shellQuoted(name)}`
      : `--object ${shellQuoted(`${kind}/${name}`)}`
  return `istio-traffic-shift ${mode} --namespace ${shellQuoted(namespace)} ${object}${clusterFlags(cluster)}${gatewayFlags}`
}
