import type { Unsettled } from '../../journal/intent.ts'
import type { Restored } from '../../journal/restore/restored.ts'
import { startedBy } from '../../journal/started-by.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { apiVersionOf } from '../../kube/resources.ts'
import { readOutput } from '../../options/groups/output.ts'
import { fromInputs } from '../../options/inputs-of-step.ts'
import { startReading } from '../../options/reader.ts'
import { findingLines } from '../../report/log/log-line.ts'
import type { Notice } from '../../report/notices/notices.ts'
import { cleanupEnd } from '../../rollout/interrupted/cleanup-text.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { ClusterHost } from '../open-clusters.ts'
import { startSendingNotices } from './send-notices.ts'

/** The Kubernetes Event of the cleanup step, about what it restored or could not. Never rejects. */
export async function noteRestored(
  api: ApiServer,
  intent: Unsettled,
  restored: Restored,
  host: ClusterHost & { cancelled: AbortSignal },
): Promise<void> {
  const { environment, redact, cancelled, print } = host
  const notice = noticeOf(intent, restored, startedBy(environment))
  if (notice === undefined) return
  const { kind, namespace, name, uid, version } = intent
  const { group } = kindNamed(kind).api
  const sender = startSendingNotices({
    api,
    wanted: readOutput(startReading(fromInputs(environment))).kubernetesEvents,
    run: `${environment.GITHUB_REPOSITORY ?? ''}/${environment.GITHUB_RUN_ID ?? ''}`,
    redact,
    cancelled,
    warn(finding) {
      for (const line of findingLines(finding)) print(line)
    },
  })
  sender.about({ kind, namespace, name, uid, apiVersion: apiVersionOf({ group, version }) })
  sender.send([notice])
  await sender.end()
}

function noticeOf(intent: Unsettled, restored: Restored, by: string): Notice | undefined {
  const { end, text } = cleanupEnd(intent, restored)
  if (end !== 'restored' && end !== 'restored-step' && end !== 'failed') return undefined
  const [what = ''] = text.split('\n')
  return {
    type: 'Warning',
    reason: end === 'failed' ? 'RollbackFailed' : 'RolledBack',
    action: 'Rollback',
    message: `${what} Run: ${by}`,
    at: new Date(),
  }
}
