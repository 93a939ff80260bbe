import { type JsonObject, numberAt, textAt } from '../../../kube/json.ts'
import { isNamespaceName } from '../../../kube/names.ts'
import type { Destination, NewDestination, RuleFormat, ServiceName } from '../../rule-format.ts'
import { FILTER_STAMP } from './stamp-format.ts'

/** The largest weight that the Gateway API accepts. */
const LARGEST_WEIGHT = 1_000_000

/** How an object of the Gateway API writes the destinations of a rule, whose backends can be in other namespaces. */
const FORMAT: RuleFormat = {
  list: 'backendRefs',
  weight: 'weight',
  missingWeight: 1,
  largestWeight: LARGEST_WEIGHT,
  // A backend with weight 0 gets nothing, also where it is the only one.
  onlyHasAll: false,
  hasSubsets: false,
  required: 'name',
  parse: (item) => parseBackend(item, undefined),
  serviceOf,
  means: meansBackend,
  newDestination: parsePlace,
  howToAdd: () => ({
    hint: '',
    remedy: 'To add a destination, write NAME or NAME:PORT of a Service, or NAMESPACE/NAME:PORT.',
  }),
  uncopied: ['filters'],
  moved: movedBackend,
}

/** Where backends can have filters of their own. */
const WITH_FILTERS: RuleFormat = { ...FORMAT, stamp: FILTER_STAMP }

const BOUND = new Map<string, RuleFormat>()

/**
 * The format of the rules of a route object. In its namespace, a backend without a namespace can be named with it.
 *
 * @param hasFilters whether backends can have filters, as those of http and grpc rules
 */
export function backendFormat(hasFilters: boolean, namespace?: string): RuleFormat {
  const plain = hasFilters ? WITH_FILTERS : FORMAT
  if (namespace === undefined) return plain
  const key = `${hasFilters}/${namespace}`
  const bound = BOUND.get(key) ?? {
    ...plain,
    parse: (item: JsonObject) => parseBackend(item, namespace),
  }
  BOUND.set(key, bound)
  return bound
}

function parseBackend(item: JsonObject, ownNamespace: string | undefined): Destination {
  const name = textAt(item, 'name') ?? ''
  const namespace = textAt(item, 'namespace')
  const host = namespace === undefined || name === '' ? name : `${namespace}/${name}`
  const port = numberAt(item, 'port')
  const whole = namespace ?? ownNamespace
  const names = [name, ...(whole === undefined ? [] : [`${whole}/${name}`])]
  const forms = names.flatMap((one) => (port === undefined ? [one] : [one, `${one}:${port}`]))
  const otherKind = otherKindOf(item)
  return {
    forms,
    host,
    port,
    subset: undefined,
    weight: numberAt(item, 'weight'),
    ...(otherKind === undefined ? {} : { otherKind: `${otherKind} ${host}` }),
  }
}

/** The kind of a backend that is no Service. */
function otherKindOf(item: JsonObject): string | undefined {
  const [group = '', kind = 'Service'] = [textAt(item, 'group'), textAt(item, 'kind')]
  if (group === '' && kind === 'Service') return undefined
  return group === '' ? kind : `${kind}.${group}`
}

/** The Service of a host, which is a name or `namespace/name`. */
function serviceOf({ host }: { host: string }, own: string): ServiceName | undefined {
  const [first = '', second, ...rest] = host.split('/')
  const [namespace, name] = second === undefined ? [own, first] : [first, second]
  return name === '' || rest.length > 0 ? undefined : { namespace, name }
}

/** Whether a text names a backend with a namespace that the object leaves out, or without the one that it writes. */
function meansBackend(one: Destination, text: string, own: string): boolean {
  const place = parsePlace(text)
  if (place === undefined || !('host' in place)) return false
  const [service, meant] = [serviceOf(one, own), serviceOf(place, own)]
  return (
    service?.name === meant?.name &&
    service?.namespace === meant?.namespace &&
    (place.port === undefined || place.port === one.port)
  )
}

/** Reads `NAME`, `NAME:PORT`, and both behind `NAMESPACE/`. The name of a Service is a label, as that of a namespace is. */
function parsePlace(text: string): NewDestination | undefined {
  const [, namespace, name = '', portText] =
    /^(?:([^/:]+)\/)?([^/:]+)(?::(\d{1,5}))?$/.exec(text) ?? []
  if (!isNamespaceName(name) || (namespace !== undefined && !isNamespaceName(namespace)))
    return undefined
  const host = namespace === undefined ? name : `${namespace}/${name}`
  if (portText === undefined) return { host }
  const port = Number(portText)
  return port >= 1 && port <= 65535 ? { host, port } : undefined
}

function movedBackend(item: JsonObject, to: NewDestination): JsonObject {
  if (!('host' in to)) return item
  const [first = '', second] = to.host.split('/')
  const { name: _, namespace: __, port, ...rest } = item
  const place = second === undefined ? { name: first } : { namespace: first, name: second }
  const newPort = to.port ?? port
  return { ...rest, ...place, ...(newPort === undefined ? {} : { port: newPort }) }
}
