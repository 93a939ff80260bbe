/** An object of a namespace. */
export type NamespacedName = { namespace: string; name: string }

/** An RFC 1123 label, as Kubernetes requires for a namespace: at most 63 characters. */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
}

/** An RFC 1123 subdomain, as Kubernetes requires for the name of an object: at most 253 characters. */
export function isObjectName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)
  )
}
