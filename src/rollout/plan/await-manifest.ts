import { readObject } from '../../journal/read-object.ts'
import { isObject, type Json, type JsonObject, sameJson, textsAt } from '../../kube/json.ts'
import { pause } from '../../kube/pause.ts'
import type { Resource } from '../../kube/resources.ts'
import type { Options } from '../../options/options.ts'
import { warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import { kindOf } from '../../routes/kinds.ts'
import { isSameHost } from '../../routes/new-destination.ts'
import { placeText } from '../../routes/object-name.ts'
import { percentsOf, percentsText } from '../../routes/percents.ts'
import type { RouteKind } from '../../routes/route-kind.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { gatewaysOf, type Rule, sharesOf } from '../../routes/rule.ts'
import type { Destination } from '../../routes/rule-format.ts'
import { findRule, keyOf } from '../../routes/rule-identity.ts'
import { selectRule } from '../../routes/select-rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import type { Context } from '../model/context.ts'
import type { ManifestRule } from '../model/manifest-rule.ts'
import { objectOf } from '../object-of.ts'
import { namedDestinations } from './named-destinations.ts'

/** A short wait, because the controller's write may come at any moment. */
const BETWEEN_READS_MS = 500

/** Shares that differ by less are written with the same percents, which have two decimals. */
const SAME_SHARE = 0.000_05

type Found = { object: RouteObject; resource: Resource }
type Rolled = { kind: 'same'; rule: Rule; wanted: Wanted }
type Look = Rolled | { kind: 'different'; differences: string[] }

/**
 * Waits until the cluster has the manifest's rule: the same match, gateways, hosts, destinations and
 * weights. Connections that follow another rule, or other weights, show nothing about the file.
 */
export async function awaitManifest(
  context: Context,
  rule: ManifestRule,
  first: Found,
  signal: AbortSignal,
): Promise<Found & { rule: Rule; wanted: Wanted; differedAtMs: number | undefined }> {
  const { options, emit, nowMs } = context
  const until = nowMs() + options.propagationTimeoutMs
  let found = first
  let differedAtMs: number | undefined
  for (;;) {
    const look = compare(found.object, rule, options)
    if (look.kind === 'same')
      return { ...found, rule: look.rule, wanted: look.wanted, differedAtMs }
    const left = until - nowMs()
    const whose = placeText(options.object)
    const what = `${whose} on the cluster is not yet what ${rule.path} says: ${look.differences.join('; ')}`
    if (left <= 0) throw notRolledOut(what)
    if (differedAtMs === undefined)
      emit({
        kind: 'finding',
        finding: warning(
          'ITS-MANIFEST-AWAITED',
          `${what}. The run waits for the controller, up to propagation-timeout.`,
        ),
      })
    differedAtMs = nowMs()
    await pause(Math.min(BETWEEN_READS_MS, left), signal)
    if (signal.aborted)
      throw new RunError('ITS-TIME-UP', `${what}. Time ran out.`, 'Raise timeout.')
    found = await readObject(objectOf(context), signal)
  }
}

function notRolledOut(what: string): RunError {
  return new RunError(
    'ITS-NOT-PROPAGATED',
    `${what}. Nothing was sampled.`,
    'Wait until the controller has rolled the file out, or set a longer propagation-timeout. If the file and the cluster describe different rules, check namespace, virtual-service, route and manifest.',
  )
}

function compare(object: RouteObject, rule: ManifestRule, options: Options): Look {
  const { hosts } = kindOf(object).fields
  const found = ruleOnCluster(object, rule, options)
  if (typeof found === 'string') return { kind: 'different', differences: [found] }
  const places = pairs(found, rule.rule.destinations, object.namespace)
  const differences = [
    ...differentLists(hosts, textsAt(object.spec, hosts), textsAt(rule.object.spec, hosts)),
    ...differentGateways(object, found, rule),
    ...differentIdentity(kindOf(object), found.identity, rule.rule.identity),
    ...places.missing.map((one) => `destination ${destinationText(one)} is missing`),
    ...places.extra.map((one) => `destination ${destinationText(one)} is not in the file`),
  ]
  if (differences.length > 0) return { kind: 'different', differences }
  const inFile = sharesOf(rule.rule)
  const names = destinationNames(found.destinations)
  const shares = names.map((_, index) => inFile[places.partners[index] ?? -1] ?? 0)
  const present = sharesOf(found)
  if (shares.some((share, index) => Math.abs(share - (present[index] ?? 0)) >= SAME_SHARE)) {
    const texts = [present, shares].map((list) => percentsText(percentsOf(names, list)))
    return { kind: 'different', differences: [`it has ${texts[0]}, but ${texts[1]} in the file`] }
  }
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of names.entries()) percents[name] = (shares[index] ?? 0) * 100
  return { kind: 'same', rule: found, wanted: { kind: 'weights', percents } }
}

/** The rule with the file's match, else the one that the inputs choose; a text where there is none. */
function ruleOnCluster(
  object: RouteObject,
  { object: file, rule }: ManifestRule,
  options: Options,
) {
  const same = findRule(object, keyOf(file, rule))
  if (same && same.destinations.length > 0) return same
  const named = namedDestinations({ ...options, wanted: { kind: 'current' } })
  const chosen = selectRule(object, options.route, named)
  return chosen.ok
    ? chosen.value
    : chosen.problems.map(({ what }) => what.replace(/\.$/, '')).join('; ')
}

/** A patch of Kustomize leaves out what it does not change: hosts, gateways, the match, ports. */
function differentLists(what: string, cluster: string[], file: string[]): string[] {
  const isSame = sameJson([...cluster].sort(), [...file].sort())
  return file.length === 0 || isSame
    ? []
    : [`its ${what} are ${cluster.join(', ') || 'none'}, but ${file.join(', ')} in the file`]
}

/** The name and the match of an http rule, or the match of another rule. What the file does not have is not compared. */
function differentIdentity({ withDefaults }: RouteKind, cluster: Json, file: Json): string[] {
  const parts = (identity: Json): JsonObject =>
    isObject(identity) ? identity : identity === null ? {} : { match: identity }
  const [present, whole] = [cluster, file].map((identity) => parts(withDefaults(identity)))
  return Object.entries(parts(file)).flatMap(([part, value]) =>
    sameJson(present?.[part] ?? null, whole?.[part] ?? null)
      ? []
      : [`its ${part} is ${shown(present?.[part] ?? null)}, but ${shown(value)} in the file`],
  )
}

function differentGateways(object: RouteObject, found: Rule, { object: file, rule }: ManifestRule) {
  const { boundGateways, fields } = kindOf(object)
  const named = file.spec[fields.gateways]
  if (!Array.isArray(named) || named.length === 0) return []
  const bound = differentLists(fields.gateways, boundGateways(object), boundGateways(file))
  return bound.length > 0
    ? bound
    : differentLists(fields.gateways, gatewaysOf(found), gatewaysOf(rule))
}

/** Each destination of the cluster with its partner in the file: the same Service and subset, and the port if the file has one. */
function pairs(
  { destinations: cluster, format }: Rule,
  file: readonly Destination[],
  namespace: string,
) {
  const left = new Set(file.keys())
  const partners = cluster.map((one) => {
    const partner = [...left].find((index) => {
      const other = file[index]
      return (
        other !== undefined &&
        isSameHost(format, [one, other], namespace) &&
        (other.port === undefined || one.port === other.port) &&
        one.subset === other.subset
      )
    })
    if (partner !== undefined) left.delete(partner)
    return partner
  })
  return {
    partners,
    missing: file.filter((_, index) => left.has(index)),
    extra: cluster.filter((_, index) => partners[index] === undefined),
  }
}

function destinationText({ host, port, subset }: Destination): string {
  return `${host}${port === undefined ? '' : `:${port}`}${subset === undefined ? '' : `/${subset}`}`
}

function shown(value: unknown): string {
  return value === null ? 'none' : JSON.stringify(value)
}
