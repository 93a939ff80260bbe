/**
 * istiod's order of objects: creation, then name, then namespace.
 * Source: istio, configCompareByCreationTime.
 */
export function byAge(a: Aged, b: Aged): number {
  return (
    compared(a.createdAt, b.createdAt) ||
    compared(a.name, b.name) ||
    compared(a.namespace, b.namespace)
  )
}

type Aged = { createdAt: string; name: string; namespace: string }

function compared(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
