/** Which namespaces see an object: the values of `exportTo`, or those of the annotation on a Service. */
export type ExportTo = readonly string[]

const EVERY_NAMESPACE = '*'
const OWN_NAMESPACE = '.'
const NO_NAMESPACE = '~'

/** The namespaces in the annotation `networking.istio.io/exportTo`, which separates them by commas. */
export function exportToOf(annotation: string | undefined): ExportTo {
  return (annotation ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

/**
 * How near an object is to the proxies of a namespace. istiod takes the private objects of that namespace first, then
 * those that name it, then those that every namespace sees. An empty `exportTo` counts as `*`, which is the default
 * unless the mesh config changes it.
 * Source: istio, PushContext.VirtualServicesForGateway.
 */
export type Nearness = 'private' | 'named' | 'public'

/** undefined where the namespace's proxies do not see the object. */
export function nearness(
  exportTo: ExportTo,
  own: string,
  clientNamespace: string,
): Nearness | undefined {
  if (exportTo.length === 0 || exportTo.includes(EVERY_NAMESPACE)) return 'public'
  if (exportTo.includes(NO_NAMESPACE)) return undefined
  const named = exportTo.map((value) => (value === OWN_NAMESPACE ? own : value))
  if (!named.includes(clientNamespace)) return undefined
  return clientNamespace === own ? 'private' : 'named'
}

/** Whether the answer is the same for the proxies of every namespace. */
export function isForAll(exportTo: ExportTo): boolean {
  return exportTo.length === 0 || exportTo.includes(EVERY_NAMESPACE)
}

/** Whether no proxy of any namespace sees the object. */
export function isForNone(exportTo: ExportTo): boolean {
  return !isForAll(exportTo) && exportTo.includes(NO_NAMESPACE)
}
