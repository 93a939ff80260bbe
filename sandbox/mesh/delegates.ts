import {
  dig,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import { fqdnOf, qualified } from './virtual-services.ts'

/**
 * The VirtualServices that have hosts, with the rules of others in place of the rules that delegate to them. Source:
 * istio, mergeVirtualServices.
 */
export function withDelegates(virtualServices: readonly KubeObject[]): KubeObject[] {
  return virtualServices
    .filter((one) => textsAt(one, 'spec', 'hosts').length > 0)
    .map((root) => {
      const rules = listAt(root, 'spec', 'http')
      if (!rules.some((rule) => isObject(dig(rule, 'delegate')))) return root
      const http = rules.flatMap((rule) => merged(rule, root, virtualServices))
      return { ...root, spec: { ...objectAt(root, 'spec'), http } }
    })
}

/** The rules in place of one: itself, or those of the VirtualService that it delegates to. */
function merged(rule: Json, root: KubeObject, all: readonly KubeObject[]): Json[] {
  const delegate = dig(rule, 'delegate')
  if (!isObject(delegate) || !isObject(rule)) return [rule]
  const namespace = textAt(delegate, 'namespace') || namespaceOf(root)
  const found = all.find(
    (one) =>
      one.metadata.name === textAt(delegate, 'name') &&
      namespaceOf(one) === namespace &&
      textsAt(one, 'spec', 'hosts').length === 0,
  )
  if (found === undefined || !isExported(found, root)) return []
  const { delegate: _, ...rest } = rule
  return listAt(found, 'spec', 'http').flatMap((leaf) => {
    if (!isObject(leaf)) return []
    const own = qualifiedRule(leaf, found)
    const match = mergedMatches(listAt(rule, 'match'), listAt(own, 'match'))
    if (match === undefined) return []
    const { match: __, ...fields } = { ...rest, ...own }
    return [match.length === 0 ? fields : { ...fields, match }]
  })
}

function isExported(delegate: KubeObject, root: KubeObject): boolean {
  const exportTo = textsAt(delegate, 'spec', 'exportTo')
  const names = exportTo.map((one) => (one === '.' ? namespaceOf(delegate) : one))
  return names.length === 0 || names.includes('*') || names.includes(namespaceOf(root))
}

/** A rule whose short names are those of its own namespace. */
function qualifiedRule(rule: JsonObject, owner: KubeObject): JsonObject {
  const route = listAt(rule, 'route').map((item) => {
    const destination = objectAt(item, 'destination')
    const host = fqdnOf(textAt(destination, 'host') ?? '', owner)
    return { ...objectAt(item), destination: { ...destination, host } }
  })
  const match = listAt(rule, 'match').map((each) => {
    const gateways = textsAt(each, 'gateways').map((one) => qualified(one, owner))
    return gateways.length === 0 ? each : { ...objectAt(each), gateways }
  })
  return {
    ...rule,
    ...(route.length === 0 ? {} : { route }),
    ...(match.length === 0 ? {} : { match }),
  }
}

/** Each match of the delegate with each one of the rule that it does not contradict; undefined if one has none. */
function mergedMatches(roots: readonly Json[], leaves: readonly Json[]): Json[] | undefined {
  if (roots.length === 0) return [...leaves]
  if (leaves.length === 0) return [...roots]
  const found = leaves.map((leaf) =>
    roots
      .filter((root) => !contradict(root, leaf))
      .map((root): Json => {
        const maps = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'].map((field) => [
          field,
          { ...objectAt(root, field), ...objectAt(leaf, field) },
        ])
        const own = Object.entries(objectAt(leaf)).filter(([, value]) => value !== null)
        return { ...objectAt(root), ...Object.fromEntries(own), ...Object.fromEntries(maps) }
      }),
  )
  return found.every((each) => each.length > 0) ? found.flat() : undefined
}

function contradict(root: Json, leaf: Json): boolean {
  const texts = ['uri', 'scheme', 'method', 'authority'].some((field) =>
    textsContradict(dig(root, field), dig(leaf, field)),
  )
  const maps = ['headers', 'withoutHeaders', 'queryParams'].some((field) =>
    Object.entries(objectAt(leaf, field)).some(([name, value]) =>
      textsContradict(objectAt(root, field)[name], value),
    ),
  )
  const ports = [numberAt(root, 'port') ?? 0, numberAt(leaf, 'port') ?? 0]
  const namespace = textAt(root, 'sourceNamespace') ?? ''
  const labels = objectAt(root, 'sourceLabels')
  const gateways = textsAt(root, 'gateways')
  return (
    texts ||
    maps ||
    (dig(root, 'ignoreUriCase') === true) !== (dig(leaf, 'ignoreUriCase') === true) ||
    (ports.every((port) => port > 0) && ports[0] !== ports[1]) ||
    (namespace !== '' && textAt(leaf, 'sourceNamespace') !== namespace) ||
    Object.entries(objectAt(leaf, 'sourceLabels')).some(
      ([name, value]) => labels[name] !== undefined && labels[name] !== value,
    ) ||
    (gateways.length > 0 && textsAt(leaf, 'gateways').some((one) => !gateways.includes(one)))
  )
}

/** Whether a delegate's condition on a text is not within that of the rule. */
function textsContradict(root: Json | undefined, leaf: Json | undefined): boolean {
  if (!isObject(root) || !isObject(leaf)) return false
  const [exact, prefix] = [textAt(root, 'exact') ?? '', textAt(root, 'prefix') ?? '']
  const narrower = textAt(leaf, 'exact') ?? textAt(leaf, 'prefix') ?? ''
  if ((textAt(root, 'regex') ?? '') !== '' || (textAt(leaf, 'regex') ?? '') !== '') return true
  if (exact !== '') return textAt(leaf, 'exact') !== exact
  return prefix === '' || narrower === '' || !narrower.startsWith(prefix)
}
