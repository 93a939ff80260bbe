import { eventCauses } from './event-causes.ts'
import { type KubeObject, textsOf } from './kube-object.ts'
import type { Place } from './place.ts'
import { breaches, UNCHECKED } from './schema/breaches.ts'
import { invalid } from './status-error.ts'

/** The limit of one object's annotations, in bytes of keys and values. */
const MOST_ANNOTATION_BYTES = 256 * 1024

/** Refuses an object that breaks its schema or the rules of all objects. Throws StatusError. */
export function check(object: KubeObject, place: Place, before?: KubeObject): void {
  const { resource } = place
  const { apiVersion: _, kind: __, metadata, ...content } = object
  const about = { group: resource.group, kind: resource.kind, name: place.name }
  if (before !== undefined && metadata.uid !== before.metadata.uid) {
    const cause = {
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(metadata.uid)}: field is immutable`,
      field: 'metadata.uid',
    }
    throw invalid(about, [cause, cause])
  }
  if (annotationBytes(object) > MOST_ANNOTATION_BYTES) {
    const cause = {
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${MOST_ANNOTATION_BYTES} bytes`,
      field: 'metadata.annotations',
    }
    throw invalid(about, [cause, cause, cause, UNCHECKED])
  }
  const causes = [
    ...(resource.schema === undefined ? [] : breaches(content, resource.schema())),
    ...(resource.kind === 'Event' ? eventCauses(object, place.namespace) : []),
  ]
  if (causes.length > 0) throw invalid(about, causes)
}

function annotationBytes(object: KubeObject): number {
  return Object.entries(textsOf(object, 'annotations'))
    .map(([key, value]) => Buffer.byteLength(key) + Buffer.byteLength(value))
    .reduce((sum, bytes) => sum + bytes, 0)
}
