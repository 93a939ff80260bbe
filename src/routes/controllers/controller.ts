import { at, objectsAt, textAt } from '../../kube/json.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import type { RouteObject } from '../route-object.ts'

/** An object, and what of its metadata shows who manages it. */
export type Managed = {
  object: RouteObject
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** Of the kubeconfig that holds the object. */
  cluster: ClusterFlags
  /** The API group of the object. */
  group: string
  /** Where the weights are: the field of the spec that lists the rules, and the fields below a rule. */
  fields: { rules: string; destinations: string; weight: string }
}

/** A controller that writes whole objects, how it is recognized, and what makes it leave weights alone. */
export type Controller = {
  name: string
  /** Field managers under which it writes. */
  managers: RegExp
  /** A label, annotation or owner that only objects of this controller have; undefined where the object has none. */
  sign: (of: Managed) => string | undefined
  /** Whether the object itself shows that the controller leaves it alone. */
  isStopped?: (of: Managed) => boolean
  /** What makes it leave the weights alone. */
  advice: (of: Managed) => string
}

/**
 * How Argo CD tracks an object: by an annotation, which counts only if it names this object, because copies have it
 * too; or by a label, which counts only if Argo CD set it, because charts set it too.
 */
export function trackedByArgo({ object, annotations }: Managed): string | undefined {
  const key = 'argocd.argoproj.io/tracking-id'
  const id = annotations[key]
  const group = (textAt(object.raw, 'apiVersion') ?? '').split('/')[0]
  const own = `:${group}/${object.kind}:${object.namespace}/${object.name}`
  if (id?.endsWith(own)) return `annotation ${key}, Application ${id.slice(0, -own.length)}`
  const label = 'app.kubernetes.io/instance'
  const setter = object.managedFields.find(
    ({ manager, fields }) =>
      manager.startsWith('argocd') &&
      at(fields, 'f:metadata', 'f:labels', `f:${label}`) !== undefined,
  )
  return setter && `label ${label}, set by ${setter.manager}`
}

export function isText(text: string | undefined, ...values: readonly string[]): boolean {
  return text !== undefined && values.includes(text.toLowerCase())
}

/** A label of that name. A name that ends with a slash is the prefix of any label. */
export function label({ labels }: Managed, name: string): string | undefined {
  return keyIn(labels, name, 'label')
}

export function annotation({ annotations }: Managed, name: string): string | undefined {
  return keyIn(annotations, name, 'annotation')
}

function keyIn(texts: Readonly<Record<string, string>>, name: string, kind: string) {
  const found = Object.keys(texts).find((key) =>
    name.endsWith('/') ? key.startsWith(name) : key === name,
  )
  return found === undefined ? undefined : `${kind} ${found}`
}

export function managedByLabel({ labels }: Managed, value: RegExp): string | undefined {
  const found = labels['app.kubernetes.io/managed-by']
  return found !== undefined && value.test(found)
    ? `label app.kubernetes.io/managed-by: ${found}`
    : undefined
}

export function ownerOf(object: RouteObject, group: string): string | undefined {
  const owner = ownersOf(object).find(({ apiVersion }) => apiVersion.startsWith(group))
  return owner && `owner ${owner.kind} ${owner.name}`
}

/** The Canary that owns the object. Its name may differ from the object's, which has the name of the Service. */
export function canaryOf(object: RouteObject): string {
  const owner = ownersOf(object).find(({ apiVersion }) => apiVersion.startsWith('flagger.app/'))
  return owner?.name ?? object.name
}

/** The owners of an object. */
export function ownersOf({ raw }: RouteObject) {
  return objectsAt(raw, 'metadata', 'ownerReferences').map((owner) => ({
    apiVersion: textAt(owner, 'apiVersion') ?? '',
    kind: textAt(owner, 'kind') ?? '',
    name: textAt(owner, 'name') ?? '',
    controls: at(owner, 'controller') === true,
  }))
}
