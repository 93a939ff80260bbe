import { isObject, type Json, type JsonObject, textAt } from './json.ts'

/** A Kubernetes object: JSON with apiVersion, kind and metadata. */
export type KubeObject = JsonObject & {
  apiVersion: string
  kind: string
  metadata: JsonObject & { name: string }
}

/** Whether a JSON value has apiVersion, kind and metadata. */
export function isKubeObject(value: Json | undefined): value is KubeObject {
  return (
    isObject(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    textAt(value, 'metadata', 'name') !== undefined
  )
}

/** The namespace of an object; empty if it has none. */
export function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace') ?? ''
}

/** The labels or annotations of an object. */
export function textsOf(
  object: JsonObject,
  field: 'labels' | 'annotations',
): Record<string, string> {
  const texts: Record<string, string> = {}
  const metadata = object.metadata
  const values = isObject(metadata) ? metadata[field] : undefined
  if (!isObject(values)) return texts
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'string') texts[name] = value
  return texts
}
