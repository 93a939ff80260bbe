import { isObject, type JsonObject, numberAt, textAt, textsAt } from '../../../kube/json.ts'

/**
 * The matches of a rule of a delegate, within those of the rule that delegates; undefined where they conflict, so that
 * istiod leaves out the delegate's rule.
 * Source: istio, mergeHTTPMatchRequests.
 */
export function mergedMatches(
  root: readonly JsonObject[],
  own: readonly JsonObject[],
): readonly JsonObject[] | undefined {
  if (root.length === 0) return own
  if (own.length === 0) return root
  const merged = own.map((match) =>
    root.filter((outer) => !conflict(outer, match)).map((outer) => mergedMatch(outer, match)),
  )
  return merged.every((each) => each.length > 0) ? merged.flat() : undefined
}

const SINGLE = ['uri', 'scheme', 'method', 'authority'] as const
const NAMED = ['headers', 'withoutHeaders', 'queryParams'] as const

function mergedMatch(outer: JsonObject, own: JsonObject): JsonObject {
  const merged: JsonObject = { ...outer, ...own }
  for (const field of [...NAMED, 'sourceLabels'])
    if (isObject(outer[field]) || isObject(own[field]))
      merged[field] = { ...mapAt(outer, field), ...mapAt(own, field) }
  if (!numberAt(own, 'port') && outer.port !== undefined) merged.port = outer.port
  if (!textAt(own, 'sourceNamespace') && outer.sourceNamespace !== undefined)
    merged.sourceNamespace = outer.sourceNamespace
  if (textsAt(own, 'gateways').length === 0 && outer.gateways !== undefined)
    merged.gateways = outer.gateways
  return merged
}

/** Source: istio, hasConflict. */
function conflict(outer: JsonObject, own: JsonObject): boolean {
  return (
    SINGLE.some((field) => textConflict(outer[field], own[field])) ||
    NAMED.some((field) =>
      Object.entries(mapAt(own, field)).some(([name, match]) =>
        textConflict(mapAt(outer, field)[name], match),
      ),
    ) ||
    (outer.ignoreUriCase === true) !== (own.ignoreUriCase === true) ||
    placesConflict(outer, own)
  )
}

function placesConflict(outer: JsonObject, own: JsonObject): boolean {
  const [outerPort, port] = [numberAt(outer, 'port') || 0, numberAt(own, 'port') || 0]
  if (outerPort > 0 && port > 0 && outerPort !== port) return true
  const namespace = textAt(outer, 'sourceNamespace') ?? ''
  if (namespace !== '' && namespace !== textAt(own, 'sourceNamespace')) return true
  const labels = mapAt(outer, 'sourceLabels')
  const differs = ([key, value]: [string, unknown]) => key in labels && labels[key] !== value
  if (Object.entries(mapAt(own, 'sourceLabels')).some(differs)) return true
  const [outerGateways, gateways] = [textsAt(outer, 'gateways'), textsAt(own, 'gateways')]
  return outerGateways.length > 0 && gateways.some((one) => !outerGateways.includes(one))
}

/** Whether two matches on one text cannot be merged. Source: istio, stringMatchConflict. */
function textConflict(outer: unknown, own: unknown): boolean {
  if (!isMatch(outer) || !isMatch(own)) return false
  const [a, b] = [textsOf(outer), textsOf(own)]
  const isGiven = (one: typeof a) => one.exact !== '' || one.prefix !== '' || one.regex !== ''
  if ((a.regex !== '' && isGiven(b)) || (b.regex !== '' && isGiven(a))) return true
  if (a.exact !== '') return b.prefix !== '' || b.exact !== a.exact
  const start = b.prefix === '' ? b.exact : b.prefix
  return a.prefix === '' || start === '' || !start.startsWith(a.prefix)
}

function isMatch(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}

function textsOf(match: JsonObject) {
  const text = (kind: string) => textAt(match, kind) ?? ''
  return { exact: text('exact'), prefix: text('prefix'), regex: text('regex') }
}

function mapAt(match: JsonObject, field: string): JsonObject {
  const map = match[field]
  return isObject(map) ? map : {}
}
