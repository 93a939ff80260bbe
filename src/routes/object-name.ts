/** A route object by its kind and its place. */
export type ObjectName = { kind: string; namespace: string; name: string }

/** The route object that the inputs name. */
export function objectNameOf({
  namespace,
  virtualService,
}: {
  namespace: string
  virtualService: string
}): ObjectName {
  return { kind: 'VirtualService', namespace, name: virtualService }
}

/** `demo/tcp-echo`. */
export function placeText({ namespace, name }: Omit<ObjectName, 'kind'>): string {
  return `${namespace}/${name}`
}
