import type { KubeObject } from './kube-object.ts'
import type { Resource } from './resources.ts'

/** One object of one resource; an empty namespace for what lives in none. */
export type Place = { resource: Resource; namespace: string; name: string }

/** Who writes, and how. */
export type Write = {
  /** The name in managedFields. */
  manager: string
  /** The version that the writer speaks. */
  version: string
  /** Compute and answer, store nothing. */
  dryRun: boolean
  /** Whether a status in the object counts; otherwise the stored one stays. */
  writesStatus: boolean
  /** What to do about fields that the schema does not know. */
  unknownFields: 'Ignore' | 'Warn' | 'Strict'
  /** Takes what the API server says in Warning headers. */
  warn: (message: string) => void
  /** Refuses objects that are right by the rules all the same, as admission webhooks do. Throws StatusError. */
  admit?: (resource: Resource, object: KubeObject) => void
}
