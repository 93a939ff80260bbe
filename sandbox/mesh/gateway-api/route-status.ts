import type { Rejection } from '../../faults/controller-fault.ts'
import { type Json, listAt, objectAt, textAt } from '../../objects/json.ts'
import { namespaceOf } from '../../objects/kube-object.ts'
import { type Condition, conditionsIn, type Moment, withConditions } from './conditions.ts'
import { CONTROLLER, type ConfigError } from './objects.ts'
import { type Attachment, keyOf } from './parents.ts'
import type { TranslatedRoute } from './translated-route.ts'

/** From the most to the least severe, as istiod reports them: a listener that takes the route outweighs all others. */
const RANKS = [
  '',
  'NotAllowedByListeners',
  'NoMatchingListenerHostname',
  'ParentRefConflict',
  'NoMatchingParent',
]

/**
 * The parents in the status of a route. Entries of other controllers stay, and those of parents that are no longer there
 * go. Source: istio, createRouteStatus.
 */
export function parentsIn(
  { route, attachments, error }: TranslatedRoute,
  rejection: Rejection | undefined,
  moment: Moment,
): Json[] {
  const namespace = namespaceOf(route)
  const isOwn = (parent: Json) => textAt(parent, 'controllerName') === CONTROLLER
  const keyIn = (parent: Json) => keyOf(objectAt(parent, 'parentRef'), namespace)
  const current = listAt(route, 'status', 'parents')
  const byKey = new Map<string, Attachment[]>()
  for (const one of attachments) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one])
  const entryOf = (key: string, found: readonly Attachment[]): Json => {
    const before = current.find((one) => isOwn(one) && keyIn(one) === key)
    const conditions = withConditions(
      conditionsIn(before),
      rejected(conditionsFor(found, error), rejection),
      moment,
    )
    return { conditions, controllerName: CONTROLLER, parentRef: found[0]?.reference ?? {} }
  }
  const kept = current.flatMap((parent) => {
    if (!isOwn(parent)) return [parent]
    const found = byKey.get(keyIn(parent))
    byKey.delete(keyIn(parent))
    return found === undefined ? [] : [entryOf(keyIn(parent), found)]
  })
  const added = [...byKey].sort(([one], [other]) => (one > other ? -1 : 1))
  return [...kept, ...added.map(([key, found]) => entryOf(key, found))]
}

function conditionsFor(
  found: readonly Attachment[],
  error: ConfigError | undefined,
): Record<string, Condition> {
  const taken = found.filter(({ denied }) => denied === undefined).length
  const [worst] = [...found].sort((one, other) => rankOf(one) - rankOf(other))
  const same = found.filter((one) => worst !== undefined && rankOf(one) === rankOf(worst))
  const denied = worst?.denied && {
    reason: worst.denied.reason,
    message: same.map((one) => one.denied?.message ?? '').join('; '),
  }
  return {
    Accepted: {
      reason: 'Accepted',
      message: taken > 1 ? `Route was valid, bound to ${taken} parents` : 'Route was valid',
      error: denied,
    },
    ResolvedRefs: { reason: 'ResolvedRefs', message: 'All references resolved', error },
  }
}

function rankOf({ denied }: Attachment): number {
  return RANKS.indexOf(denied?.reason ?? '')
}

function rejected(
  conditions: Record<string, Condition>,
  rejection: Rejection | undefined,
): Record<string, Condition> {
  if (rejection === undefined) return conditions
  const { condition, ...error } = rejection
  const before = conditions[condition] ?? { reason: condition, message: '' }
  return { ...conditions, [condition]: { ...before, error } }
}
