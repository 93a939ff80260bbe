import type { Json } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import type { ConfigError } from './objects.ts'
import type { Attachment } from './parents.ts'

/** A route with its parents, its rules as Istio has them, and what is wrong with a reference in one. */
export type TranslatedRoute = {
  route: KubeObject
  attachments: readonly Attachment[]
  rules: readonly Json[]
  error: ConfigError | undefined
}

type OfRoute = Pick<TranslatedRoute, 'route'>

/** The order in which istiod merges routes. */
export function byAgeAndNamespace({ route: one }: OfRoute, { route: other }: OfRoute): number {
  const keyOf = ({ metadata }: KubeObject) =>
    ['creationTimestamp', 'namespace', 'name'].map((field) => String(metadata[field] ?? ''))
  const [a, b] = [keyOf(one), keyOf(other)]
  const at = a.findIndex((part, index) => part !== b[index])
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1
}
