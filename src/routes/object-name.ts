/** A route object by its kind and its place. */
export type ObjectName = { kind: string; namespace: string; name: string }

/** `demo/tcp-echo`. */
export function placeText({ namespace, name }: Omit<ObjectName, 'kind'>): string {
  return `${namespace}/${name}`
}

/** A kind with its article: `a VirtualService`, `an HTTPRoute`. */
export function aKind(kind: string): string {
  return `${kind.startsWith('HTTP') ? 'an' : 'a'} ${kind}`
}
