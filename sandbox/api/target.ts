/** What a path of the API names. */
export type Target =
  | { kind: 'other'; path: string }
  | {
      kind: 'resource'
      group: string
      version: string
      plural: string
      namespace: string
      /** Empty for all objects. */
      name: string
      /** Empty for the object itself. */
      subresource: string
    }

/** Reads a path without its query, such as /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME. */
export function targetOf(path: string): Target {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const [root] = parts
  const head = root === 'api' ? 2 : root === 'apis' ? 3 : parts.length
  const below = parts.slice(head)
  if (below.length === 0) return { kind: 'other', path: `/${parts.join('/')}` }
  const group = root === 'apis' ? (parts[1] ?? '') : ''
  const version = parts[head - 1] ?? ''
  // A namespace is an object, and contains others.
  const inNamespace = below[0] === 'namespaces' && below.length > 2
  const [plural = '', name = '', subresource = ''] = inNamespace ? below.slice(2) : below
  const namespace = inNamespace ? (below[1] ?? '') : ''
  return { kind: 'resource', group, version, plural, namespace, name, subresource }
}

/** The verb in RBAC rules. */
export function verbOf(method: string, named: boolean): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return named ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return named ? 'delete' : 'deletecollection'
    default:
      return method.toLowerCase()
  }
}
