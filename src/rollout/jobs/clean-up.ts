import { type JsonObject, textAt } from '../../kube/json.ts'
import { readList } from '../../kube/resources.ts'
import type { Context } from '../model/context.ts'
import { deleteJob, jobsResource } from './delete-job.ts'
import type { JobSettings } from './job-settings.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from './manifest/job-labels.ts'

/**
 * Deletes what interrupted runs on the same object left: Jobs of runs that are over by now, and of former attempts of this
 * one. Whether it can, decides nothing: a Job ends by itself.
 */
export async function removeLeft(
  { workloads, run }: Context,
  { namespace, owner }: JobSettings,
  signal: AbortSignal,
): Promise<void> {
  const labels = { [LABELS.manager]: MANAGED_BY, [LABELS.object]: owner.objectUid }
  const read = await readList(workloads, { ...jobsResource(namespace), labels }, signal)
  if (read.kind !== 'found') return
  const nowMs = workloads.nowMs() ?? Date.now()
  const left = read.value.filter((job) => isLeft(job, run, nowMs))
  await Promise.all(
    left.map((job) => {
      const name = textAt(job, 'metadata', 'name') ?? ''
      return deleteJob(workloads, { namespace, name, hasSecret: false, isThere: true }, signal)
    }),
  )
}

function isLeft(job: JsonObject, run: Context['run'], nowMs: number): boolean {
  const expiresMs = Date.parse(textAt(job, 'metadata', 'annotations', ANNOTATIONS.expires) ?? '')
  const attempt = Number(textAt(job, 'metadata', 'annotations', ANNOTATIONS.attempt))
  const isOfSameRun = textAt(job, 'metadata', 'annotations', ANNOTATIONS.run) === run.id
  return (isOfSameRun && attempt < run.attempt) || expiresMs < nowMs
}
