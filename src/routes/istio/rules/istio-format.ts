import { isObject, type JsonObject, numberAt, textAt } from '../../../kube/json.ts'
import type { NewDestination, RuleFormat } from '../../rule-format.ts'
import { serviceOf } from '../host.ts'
import { formsOf, howToAdd, meansDestination, parseNewDestination } from './destination-place.ts'
import { HTTP_STAMP } from './stamp-format.ts'

/** How a VirtualService writes the destinations of a rule, of whatever protocol. */
export const ISTIO_FORMAT: RuleFormat = {
  list: 'route',
  weight: 'weight',
  missingWeight: 0,
  // An int32 in Istio's API.
  largestWeight: 2 ** 31 - 1,
  onlyHasAll: true,
  hasSubsets: true,
  required: 'destination.host',
  parse: (item) => {
    const place = {
      host: textAt(item, 'destination', 'host') ?? '',
      port: numberAt(item, 'destination', 'port', 'number'),
      subset: textAt(item, 'destination', 'subset'),
      weight: numberAt(item, 'weight'),
    }
    return { forms: formsOf(place), ...place }
  },
  serviceOf: ({ host }, namespace) => serviceOf(host, namespace),
  means: meansDestination,
  newDestination: parseNewDestination,
  howToAdd,
  uncopied: ['headers', 'filters'],
  stamp: HTTP_STAMP,
  moved: (item, to) => {
    const from = isObject(item.destination) ? item.destination : {}
    return { ...item, destination: movedDestination(from, to) }
  },
}

function movedDestination(from: JsonObject, to: NewDestination): JsonObject {
  if (!('host' in to)) return { ...from, subset: to.subset }
  const { subset: _, ...plain } = from
  const moved: JsonObject = to.subset === undefined ? plain : { ...from, subset: to.subset }
  const port =
    to.port === undefined
      ? {}
      : { port: { ...(isObject(from.port) ? from.port : {}), number: to.port } }
  return { ...moved, host: to.host, ...port }
}
