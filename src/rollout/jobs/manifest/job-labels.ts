import { randomBytes } from 'node:crypto'

/** Labels and annotations of everything that a run creates for its Jobs. */
export const LABELS = {
  manager: 'app.kubernetes.io/managed-by',
  /** The name of the Job. */
  job: 'istio-traffic-shift/job',
  /** The token of the run. */
  owner: 'istio-traffic-shift/owner',
  /** The uid of the route object. */
  object: 'istio-traffic-shift/object',
} as const
export const ANNOTATIONS = {
  /** The CI run, and its attempt. */
  run: 'istio-traffic-shift/run',
  attempt: 'istio-traffic-shift/attempt',
  /** When the run is over at the latest, by the clock of the API server. */
  expires: 'istio-traffic-shift/expires',
} as const
export const MANAGED_BY = 'istio-traffic-shift'

/** The condition that no Pod of a Job ever meets, so that no Service sends it traffic. */
export const NEVER_READY = 'istio-traffic-shift/never-ready'

/** How long a Job that has ended stays, for what remains of its log. */
export const TTL_SECONDS = 60

/** Whose Jobs they are. */
export type JobOwner = {
  /** The token of the run. */
  owner: string
  /** The uid of the route object. */
  objectUid: string
  run: string
  attempt: number
  /** Milliseconds since 1970, by the clock of the API server. */
  expiresMs: number
}

/** A name that no other Job has. The job controller adds an index and five letters for each Pod, in at most 63 characters. */
export function newJobName(object: string): string {
  const name = object
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 30)
    .replace(/-+$/, '')
  return `shift-${name}-${randomBytes(5).toString('hex')}`
}

export function labelsFor({ owner, objectUid }: JobOwner, name: string): Record<string, string> {
  return {
    [LABELS.manager]: MANAGED_BY,
    [LABELS.job]: name,
    [LABELS.owner]: owner,
    [LABELS.object]: objectUid,
  }
}

export function annotationsFor({ run, attempt, expiresMs }: JobOwner): Record<string, string> {
  return {
    [ANNOTATIONS.run]: run,
    [ANNOTATIONS.attempt]: String(attempt),
    [ANNOTATIONS.expires]: new Date(expiresMs).toISOString(),
  }
}
