import { sameJson } from '../../../kube/json.ts'
import type { StringMatch } from '../../match/string-match.ts'
import type { Conditions, NamedMatch, PathMatch } from './conditions.ts'
import { isEveryPath, startsWithElements } from './matches-request.ts'

/** Whether every request that meets some conditions meets other ones too, as far as their texts decide it. */
export function areWithin(conditions: Conditions, others: Conditions): boolean {
  return (
    others.unknown.length === 0 &&
    isPathWithin(conditions.path, others.path) &&
    (others.method === undefined || others.method === conditions.method) &&
    areNamedWithin(conditions.headers, others.headers, lowerCased) &&
    areNamedWithin(conditions.query, others.query, (name) => name)
  )
}

function isPathWithin(path: PathMatch | undefined, other: PathMatch | undefined): boolean {
  if (other === undefined || isEveryPath(other)) return true
  if (path === undefined) return false
  if (other.kind === 'prefix' && path.kind !== 'regex')
    return startsWithElements(path.text, other.text)
  return isSame(path, other)
}

function areNamedWithin(
  own: readonly NamedMatch[],
  others: readonly NamedMatch[],
  keyOf: (name: string) => string,
): boolean {
  return others.every(([name, match]) =>
    own.some(([one, its]) => keyOf(one) === keyOf(name) && isSame(its, match)),
  )
}

function isSame(a: StringMatch, b: StringMatch): boolean {
  return sameJson({ ...a }, { ...b })
}

function lowerCased(name: string): string {
  return name.toLowerCase()
}
