import type { KubeObject } from './kube-object.ts'
import type { Resource } from './resources.ts'

/** One object of one resource. The namespace of a cluster-scoped object is empty. */
export type Place = { resource: Resource; namespace: string; name: string }

/** The writer, and how it writes. */
export type Write = {
  /** The name in managedFields. */
  manager: string
  /** The API version that the writer uses. */
  version: string
  /** Compute the answer, but store nothing. */
  dryRun: boolean
  /** Whether the status in the object is stored. Otherwise the stored one stays. */
  writesStatus: boolean
  /** The subresource that is written, if it is not the object itself. */
  subresource?: string
  /** What to do about fields that are not in the schema. */
  unknownFields: 'Ignore' | 'Warn' | 'Strict'
  /** Receives the texts of the API server's Warning headers. */
  warn: (message: string) => void
  /** Refuses valid objects, as admission webhooks do. Throws StatusError. */
  admit?: (resource: Resource, object: KubeObject) => void
}
