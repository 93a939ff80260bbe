import type { ApiRequest } from '../../sandbox/api/exchange.ts'
import type { Match } from '../../sandbox/faults/api-fault.ts'

type Request = Pick<ApiRequest, 'method' | 'path' | 'dryRun'>

/** A write of the route object as calls name it, whatever the object's name is. */
const ROUTE_CALL = 'PATCH the route object'

/** A run's first write of it. */
export const FIRST_WRITE = ROUTE_CALL

/** Its second one, which records the step that the first one wrote. */
export const SECOND_WRITE = `${ROUTE_CALL} #2`

/** After two writes, the one that ends the run. */
export const THIRD_WRITE = `${ROUTE_CALL} #3`

/**
 * What a call is for: its verb, its place, whether it is a dry run. Calls that go out side by side
 * arrive in any order, so a call is known by this and by how many of its kind came before it.
 */
function kindOf({ method, path, dryRun }: Request): string {
  const { pathname } = new URL(path, 'https://server')
  const place = pathname
    .replace(/^\/apis?\/((gateway\.)?networking\.(istio|k8s)\.io\/)?v\w+\//, '')
    .replace(/^namespaces\//, '')
    .replace(/^demo\/(virtualservices|\w+routes)\/[\w-]+$/, 'the route object')
  return `${method} ${place}${dryRun ? ' (dry run)' : ''}`
}

/** Names calls one after the other: what each is for, and of the later ones of a kind which. */
function startNaming(): (request: Request) => string {
  const counts = new Map<string, number>()
  return (request) => {
    const kind = kindOf(request)
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return count === 1 ? kind : `${kind} #${count}`
  }
}

/** The names of a run's calls, in their order. */
export function callNames(calls: readonly Request[]): string[] {
  return calls.map(startNaming())
}

/** Fits the one call of that name, counted from now on. */
export function callNamed(name: string): Match {
  const nameOf = startNaming()
  return (request) => nameOf(request) === name
}

/** Whether a call of that name may change the object. */
export function isWriteName(name: string): boolean {
  return name.startsWith(ROUTE_CALL) && !name.includes('dry run')
}

/** Fits every call that may change the object. */
export function isWrite(request: Request): boolean {
  return isWriteName(kindOf(request))
}
