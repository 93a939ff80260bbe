import { textAt } from '../../../../sandbox/objects/json.ts'
import type { Sandbox } from '../../../../sandbox/sandbox.ts'

const JOBS = { group: 'batch', resource: 'jobs' }
const SECRETS = { group: '', resource: 'secrets' }

/** What runs sent to create objects of a kind. */
export function created({ calls }: Sandbox, plural: string): string[] {
  return calls.flatMap(({ method, path, body }) =>
    method === 'POST' && path.split('?')[0]?.endsWith(`/${plural}`) ? [body] : [],
  )
}

/** Names of everything that runs created for their Jobs, and that is not deleted. */
export function leftOn({ objects, jobs }: Sandbox): string[] {
  const created = [JOBS, SECRETS].flatMap((kind) => objects.list(kind))
  const own = created.filter(
    (one) =>
      textAt(one, 'metadata', 'labels', 'app.kubernetes.io/managed-by') === 'istio-traffic-shift',
  )
  return [...own.map(({ metadata }) => metadata.name), ...jobs.pods()]
}

/** Resolves when nothing is left. Pods end after their Job is deleted. */
export async function nothingLeft(sandbox: Sandbox): Promise<void> {
  while (leftOn(sandbox).length > 0 || sandbox.jobs.processes() > 0) await sandbox.objects.changed()
}
