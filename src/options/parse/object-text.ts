import { isObjectName } from '../../kube/names.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import type { RouteType } from '../../routes/types/route-type.ts'
import { ROUTE_TYPES } from '../../routes/types/route-types.ts'

export type KindAndName = Pick<ObjectName, 'kind' | 'name'>

/**
 * The kind and name in a word such as `HTTPRoute/NAME`; undefined where it names no kind that can be shifted. The kind is
 * in any case, singular or plural, and as kubectl prints it and takes it: with its group, and with a version between them.
 */
export function objectIn(word: string): KindAndName | undefined {
  const [, type = '', name] = /^([^/]+)\/(.*)$/s.exec(word) ?? []
  const found = ROUTE_TYPES.find((one) => isNameOf(one, type.toLowerCase()))
  return found && name !== undefined ? { kind: found.kind, name } : undefined
}

/** The same, where it can be the name of an object. */
export function parseObjectText(text: string): KindAndName | undefined {
  const found = objectIn(text)
  return found && isObjectName(found.name) ? found : undefined
}

function isNameOf({ kind, api, kubectl }: RouteType, type: string): boolean {
  if (type === kubectl.short) return true
  const [resource, ...group] = type.split('.')
  if (resource !== kind.toLowerCase() && resource !== api.plural) return false
  const rest = group.join('.')
  return rest === '' || rest.replace(/^v\d\w*\./, '') === api.group
}

/** `VirtualService, HTTPRoute or TCPRoute`: what can be shifted. */
export function kindsText(): string {
  const kinds = ROUTE_TYPES.map(({ kind }) => kind)
  return `${kinds.slice(0, -1).join(', ')}${kinds.length > 1 ? ' or ' : ''}${kinds.at(-1)}`
}
