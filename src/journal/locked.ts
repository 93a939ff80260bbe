import type { ClusterFlags } from '../kube/kubectl.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { ConflictError } from './conflict-error.ts'
import { confirmedStep, type Journal } from './journal.ts'
import { clockText, whoseText } from './journal-view.ts'
import { toolCommand } from './manual-command.ts'

/** The error for an object that another run is shifting: whose run, until when, and how to wait for it or roll it back. */
export function locked(
  object: RouteObject,
  journal: Journal,
  cluster: ClusterFlags,
  nowMs: number,
): ConflictError {
  const command = (mode: 'rollback' | 'status') => toolCommand(mode, cluster, object)
  return new ConflictError(
    'ITS-LOCKED',
    `Another run is shifting ${object.namespace}/${object.name}: ${whoseText(journal, nowMs)}. Nothing was written.`,
    [
      `Wait until it ends, at ${clockText(journal.expires, nowMs)} at the latest. To see whether it has:`,
      `  ${command('status')}`,
      `To restore ${confirmedStep(journal) ? 'the last confirmed step of that run' : 'the weights from before that run'} now (in a workflow: mode: rollback):`,
      `  ${command('rollback')}`,
    ].join('\n'),
    object,
  )
}
