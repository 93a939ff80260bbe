import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import type { Intent, Memory } from '../intent.ts'
import { JOURNAL } from '../journal.ts'
import { rollbackCommand, showCommand } from '../manual-command.ts'
import { beforeStep } from '../rule-now.ts'
import type { Written } from './written.ts'

/**
 * The cleanup step gets all of this in one environment variable, of which Linux takes at most 128 KiB, quotes
 * escaped. With a longer one it could not start at all. The journal on the object has the previous weights too.
 */
const LONGEST_PART = 32_000

/** Where a run saves what the cleanup step needs, and what it needs beside the run's writes. */
export type IntentSettings = {
  saveIntent: (intent: Intent) => void
  /** The API server that is written to. */
  cluster: ClusterFlags & { server: string }
  gatewayContext: string | undefined
  /** The rule as it was planned, for an object that lacks it. */
  rule: Rule
}

/**
 * Saves what the cleanup step needs, before a write (`expected`), after a write without its journal (`lost`), or
 * before the journal is removed (`released`). Returns the error of a state that could not be saved: then a run
 * must not begin to write.
 */
export function save(
  settings: IntentSettings,
  written: Written,
  journal: Memory['journal'],
): RunError | undefined {
  try {
    settings.saveIntent(intentOf(settings, written, journal))
    return undefined
  } catch (error) {
    if (error instanceof RunError) return error
    const why = error instanceof Error ? error.message : String(error)
    return new RunError(
      'ITS-STATE-NOT-SAVED',
      `The data for the cleanup step could not be saved: ${why}. Nothing was written.`,
    )
  }
}

function intentOf(
  { cluster, gatewayContext, rule: planned }: IntentSettings,
  { object, journal, sent, resource }: Written,
  state: Memory['journal'],
): Intent {
  const { kind, protocol, match, nth, restoreTo: original, onFailure, owner } = journal
  const rule = findRule(object, journal) ?? planned
  const command = rollbackCommand(cluster, { object, rule, original, onFailure })
  const stored = state === 'lost' ? object.annotations[JOURNAL] : undefined
  const { generation } = object
  const before = beforeStep(journal)
  const memory: Memory = {
    kind,
    protocol,
    match,
    nth,
    original,
    ...(before === undefined ? {} : { before }),
    written: sent,
    onFailure,
    generation,
    journal: state,
    ...(stored === undefined ? {} : { stored }),
  }
  return {
    owner,
    uid: object.uid,
    server: cluster.server,
    context: cluster.context ?? IN_CLUSTER,
    kubeconfig: cluster.kubeconfig ?? '',
    gatewayContext: gatewayContext ?? IN_CLUSTER,
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    version: resource.version,
    manualCommand: command.length > LONGEST_PART ? showCommand(cluster, object) : command,
    memory: Buffer.byteLength(JSON.stringify(memory)) > LONGEST_PART ? undefined : memory,
  }
}
