import { readClusters } from '../../options/groups/clusters.ts'
import { fromInputs } from '../../options/inputs-of-step.ts'
import { startReading } from '../../options/reader.ts'
import type { LogLine } from '../../report/log/log-line.ts'
import { deleteJob } from '../../rollout/jobs/delete-job.ts'
import { notDeleted } from '../../rollout/jobs/job-problems.ts'
import type { SavedJobs } from '../../rollout/jobs/own-jobs.ts'
import { type ClusterHost, openClusters } from '../open-clusters.ts'
import { loadAsBefore } from './restore-after-kill.ts'

const LIMIT_MS = 20_000
/** The weights were restored first, in most of the time that a signal leaves. */
const AFTER_SIGNAL_MS = 1000

/** Deletes the Jobs that a killed run left. They also end by themselves, so a failure is a warning. */
export async function deleteSavedJobs(
  saved: SavedJobs,
  host: ClusterHost,
  signalled: AbortSignal,
): Promise<LogLine[]> {
  const names = saved.jobs.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')
  const reader = startReading(fromInputs(host.environment))
  const { gatewayCluster } = readClusters(reader, true)
  const loaded = loadAsBefore(host, gatewayCluster, saved.context, 'gateway-')
  if (!loaded.ok || loaded.value.server !== saved.server)
    return [
      {
        level: 'warning',
        text: `Jobs of the run were not deleted (${names}), because kubeconfig does not name ${saved.server} any more. They end by themselves.`,
      },
    ]
  const cluster = loaded.value
  const { workloads, close } = openClusters({ config: cluster, workloads: cluster }, host)
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), LIMIT_MS)
  const onSignal = () => setTimeout(() => limit.abort(), AFTER_SIGNAL_MS)
  if (signalled.aborted) onSignal()
  else signalled.addEventListener('abort', onSignal, { once: true })
  try {
    const ended = await Promise.all(
      saved.jobs.map(async (job) => ({
        job,
        error: await deleteJob(workloads, job, limit.signal),
      })),
    )
    const failed = ended.flatMap(({ job, error }): LogLine[] => {
      if (error === undefined) return []
      const { what, remedy } = notDeleted(workloads, job, error)
      return [{ level: 'warning', text: `${what}\n${remedy}` }]
    })
    return failed.length > 0
      ? failed
      : [{ level: 'info', text: `Deleted the Jobs of the run: ${names}.` }]
  } finally {
    clearTimeout(timer)
    close()
  }
}
