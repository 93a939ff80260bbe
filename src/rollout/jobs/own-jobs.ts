import type { PlanSecrets } from '../../evidence/jobs/probe-plan.ts'
import { ApiError } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { type JsonObject, textAt } from '../../kube/json.ts'
import { coreResource, type Resource, resourcePath } from '../../kube/resources.ts'
import type { Problem } from '../../problem/problem.ts'
import { deleteJob, jobsResource, type SavedJob } from './delete-job.ts'
import { notDeleted, type Refused } from './job-problems.ts'
import { type JobOrder, jobManifest, secretManifest } from './manifest/job-manifest.ts'

/** Jobs that a run has created, or may have. */
export type SavedJobs = {
  /** The API server that they are on, and the context that names it. */
  server: string
  context: string
  jobs: readonly SavedJob[]
}

/** The Jobs of one run. */
export type OwnJobs = Pick<Settings, 'endsMs' | 'script'> & {
  /** Creates a Job, and its Secret. Fails with an ApiError, which `refused` names the object of. */
  create(
    order: JobOrder,
    secrets: PlanSecrets | undefined,
    signal: AbortSignal,
  ): Promise<{ refused?: Refused }>
  /** Is called before Jobs are removed at the end, so that their end is no trouble. */
  beforeRemoval(close: () => void): void
  remove(name: string, signal: AbortSignal): Promise<void>
  /** Removes those that are left. Resolves to a warning for each that could not be removed. */
  removeAll(signal: AbortSignal): Promise<Problem[]>
}

type Settings = {
  workloads: ApiServer
  /** Saves, before each Job is created, what the cleanup step is to remove. */
  saveJobs: ((jobs: SavedJobs) => void) | undefined
  /** When the run, with its rollback, is over at the latest, by the run's clock. */
  endsMs: number
  /** The program of the Pods. */
  script: () => string
}

/** A misspelt field of job-template is refused. Otherwise it would be dropped, and the Pods run without it. */
const STRICT = '?fieldValidation=Strict'

/** Keeps what a run creates for its Jobs, until it is removed. */
export function startOwnJobs(settings: Settings): OwnJobs {
  const { workloads, saveJobs, endsMs, script } = settings
  const own = new Map<string, SavedJob>()
  const creating = new Set<Promise<unknown>>()
  const closers: (() => void)[] = []
  let isOver = false

  function save(): void {
    const { server, context = '' } = workloads
    saveJobs?.({ server, context, jobs: [...own.values()] })
  }

  /** The uid of the Job. An attempt without an answer may have created it, so that the next one is refused. */
  async function createJob(order: JobOrder, signal: AbortSignal): Promise<string> {
    const { namespace, name } = order
    const created = await workloads
      .create(`${resourcePath(jobsResource(namespace))}${STRICT}`, jobManifest(order), signal)
      .catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 409) throw error
        return workloads.get(resourcePath(jobsResource(namespace, name)), signal)
      })
    return textAt(created, 'metadata', 'uid') ?? ''
  }

  async function createSecret(
    manifest: JsonObject,
    namespace: string,
    signal: AbortSignal,
  ): Promise<Refused | undefined> {
    const resource = coreResource('secrets', namespace)
    try {
      await workloads.create(resourcePath(resource), manifest, signal)
    } catch (error) {
      const refused = refusedOf('Secret', error, resource)
      if (refused.error.status !== 409) return refused
    }
    return undefined
  }

  async function create(
    order: JobOrder,
    secrets: PlanSecrets | undefined,
    signal: AbortSignal,
  ): Promise<{ refused?: Refused }> {
    const { namespace, name } = order
    if (isOver) throw new Error('a Job after the end of its run')
    const job = { namespace, name, hasSecret: secrets !== undefined, isThere: false }
    own.set(name, job)
    save()
    try {
      const uid = await createJob(order, signal)
      const secret = secrets && secretManifest(order, uid, secrets)
      const refused = secret && (await createSecret(secret, namespace, signal))
      job.isThere = !refused?.error.mayHaveLanded
      return refused ? { refused } : {}
    } catch (error) {
      const refused = refusedOf('Job', error, jobsResource(namespace))
      if (!refused.error.mayHaveLanded) own.delete(name)
      return { refused }
    }
  }

  return {
    endsMs,
    script,
    async create(order, secrets, signal) {
      const created = create(order, secrets, signal)
      creating.add(created)
      return created.finally(() => creating.delete(created))
    },
    beforeRemoval: (close) => void closers.push(close),
    async remove(name, signal) {
      const job = own.get(name)
      if (job === undefined) return
      const error = await deleteJob(workloads, job, signal)
      if (error === undefined) own.delete(name)
    },
    async removeAll(signal) {
      isOver = true
      for (const close of closers) close()
      await Promise.allSettled(creating)
      if (own.size === 0) return []
      const ended = await Promise.all(
        [...own.values()].map(async (job) => ({
          job,
          error: await deleteJob(workloads, job, signal),
        })),
      )
      // The cleanup step looks again for one that may have come after its deletion.
      for (const { job, error } of ended)
        if (error === undefined && job.isThere) own.delete(job.name)
      save()
      return ended.flatMap(({ job, error }) =>
        error === undefined ? [] : [notDeleted(workloads, job, error)],
      )
    },
  }
}

function refusedOf(what: Refused['what'], error: unknown, resource: Resource): Refused {
  if (!(error instanceof ApiError)) throw error
  return { what, error, resource }
}
