import type { ApiServer } from '../../kube/api-server.ts'
import { labelsAt, textAt } from '../../kube/json.ts'
import { coreResource, readList, readObject } from '../../kube/resources.ts'
import type { LabelSelector, NamespaceRule } from './gateway-object.ts'

/** The labels of a namespace; undefined where they are not known. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined

export const NO_LABELS_KNOWN: NamespaceLabels = () => undefined

/** Every Kubernetes since 1.21 sets it. */
const NAME_LABEL = 'kubernetes.io/metadata.name'

/** Whether a listener allows routes of a namespace; undefined where that depends on labels that are not known. */
export function allowsNamespace(
  from: NamespaceRule,
  { gateway, route }: { gateway: string; route: string },
  labelsOf: NamespaceLabels,
): boolean | undefined {
  switch (from.kind) {
    case 'All':
      return true
    case 'None':
      return false
    case 'Same':
      return gateway === route
    case 'Selector': {
      if (isForNames(from.selector)) return selects(from.selector, { [NAME_LABEL]: route })
      const labels = labelsOf(route)
      return labels && selects(from.selector, { ...labels, [NAME_LABEL]: route })
    }
  }
}

/** Whether a selector needs no other label than the one that every namespace has, with its name. */
function isForNames({ labels, expressions }: LabelSelector): boolean {
  return [...Object.keys(labels), ...expressions.map(({ key }) => key)].every(
    (key) => key === NAME_LABEL,
  )
}

/** Whether a label selector matches labels. An empty one matches everything, and an operator that is not one, nothing. */
export function selects(
  { labels, expressions }: LabelSelector,
  of: Readonly<Record<string, string>>,
): boolean {
  const hasAll = Object.entries(labels).every(([key, value]) => of[key] === value)
  return (
    hasAll &&
    expressions.every(({ key, operator, values }) => {
      const value = of[key]
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        case 'DoesNotExist':
          return value === undefined
        default:
          return false
      }
    })
  )
}

/**
 * Reads the labels of a namespace, or of all of them, if listeners depend on labels. None are known where that is not
 * allowed.
 */
export async function readNamespaceLabels(
  api: ApiServer,
  listeners: readonly { from: NamespaceRule }[],
  name: string | undefined,
  signal: AbortSignal,
): Promise<NamespaceLabels> {
  const isNeeded = listeners.some(
    ({ from }) => from.kind === 'Selector' && !isForNames(from.selector),
  )
  if (!isNeeded) return NO_LABELS_KNOWN
  const resource = coreResource('namespaces', undefined, name)
  const found =
    name === undefined
      ? await readList(api, resource, signal)
      : await readObject(api, resource, signal)
  if (found.kind !== 'found') return NO_LABELS_KNOWN
  const known = new Map(
    [found.value]
      .flat()
      .map((one) => [textAt(one, 'metadata', 'name'), labelsAt(one, 'metadata', 'labels')]),
  )
  return (namespace) => known.get(namespace)
}
