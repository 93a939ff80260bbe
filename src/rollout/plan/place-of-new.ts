import {
  notAService,
  type ServicePlace,
  type ServicePlaceSearch,
  servicePlace,
} from '../../gateways/service-place.ts'
import { ApiError } from '../../kube/api-error.ts'
import { textAt } from '../../kube/json.ts'
import { plainList } from '../../problem/list-text.ts'
import { RunError } from '../../problem/run-error.ts'
import { destinationIndex, destinationNames, fitsSeveral } from '../../routes/destination-names.ts'
import { kindNamed, kindOf } from '../../routes/kinds.ts'
import { destinationAt, largestIndex } from '../../routes/new-destination.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { Destination, NewDestination, ServiceName } from '../../routes/rule-format.ts'
import { nearestText } from '../../routes/shown-name.ts'
import type { Context } from '../model/context.ts'

/**
 * Where the destination is that the run adds; undefined where it adds none, or one that is a subset
 * of the copied destination's host. Whether that subset exists, preflight tells.
 */
export async function placeOfNew(
  context: Context,
  object: RouteObject,
  rule: Rule,
  signal: AbortSignal,
): Promise<NewDestination | undefined> {
  const { wanted } = context.options
  if (wanted.kind !== 'weight') return undefined
  const { destinations } = rule
  if (destinationIndex(destinations, wanted.subset) !== undefined) return undefined
  if (fitsSeveral(destinations, wanted.subset)) return undefined
  const copied = destinations[largestIndex(rule)]
  if (copied === undefined) return undefined
  const given = rule.format.newDestination(wanted.subset)
  // Without subsets, every name that can be one of a Service is a place.
  if (given === undefined && !rule.format.hasSubsets) return undefined
  const place =
    given === undefined
      ? await byPlainName(context, object, { name: wanted.subset, copied }, signal)
      : await byWrittenPlace(context, object, { place: given, copied, rule }, signal)
  const existing = place && destinationAt(rule, place, object.namespace)
  if (existing)
    throw new RunError(
      'ITS-DESTINATION-EXISTS',
      `${wanted.subset} is already a destination of the rule, as ${existing.host}.`,
    )
  return place
}

/** `HOST/SUBSET` is looked at by preflight; a Service is looked up here, for its port. */
async function byWrittenPlace(
  context: Context,
  object: RouteObject,
  { place, copied, rule }: { place: NewDestination; copied: Destination; rule: Rule },
  signal: AbortSignal,
): Promise<NewDestination> {
  if (!('host' in place) || place.subset !== undefined) return place
  const { namespace } = object
  const { format } = kindOf(object)
  const found = await look(context, { ...place, copied, namespace, format }, signal)
  if (found.kind === 'place') return found.place
  if (found.kind === 'wrong') throw stop(found.says)
  const service = format.serviceOf(place, namespace)
  if (found.kind === 'missing') throw noService(service, place.host, rule)
  if (service === undefined) context.emit({ kind: 'finding', finding: notAService(place.host) })
  return place
}

/** Where every name is one of a Service, a name that is misspelled most likely means a destination of the rule. */
function noService(
  service: ServiceName | undefined,
  host: string,
  { destinations, format }: Rule,
): RunError {
  const what = `Service ${service?.namespace}/${service?.name} not found`
  if (format.hasSubsets)
    return new RunError('ITS-SERVICE-NOT-FOUND', `${what}.`, 'Check the name of the Service.')
  const names = destinationNames(destinations)
  return new RunError(
    'ITS-SERVICE-NOT-FOUND',
    `${what}, and the rule has no destination of that name (${plainList(names)}).`,
    nearestText(host, names) || 'Check the name of the Service.',
  )
}

/** A name without a dot is a subset, if a DestinationRule defines it or no Service has the name; else that Service. */
async function byPlainName(
  context: Context,
  object: RouteObject,
  { name, copied }: { name: string; copied: Destination },
  signal: AbortSignal,
): Promise<NewDestination | undefined> {
  const { namespace } = object
  const { format } = kindOf(object)
  const found = await look(context, { host: name, copied, namespace, format }, signal)
  if (found.kind === 'missing' || found.kind === 'unknown') return undefined
  if (await isSubset(context, object, { ...copied, subset: name }, signal)) return undefined
  if (found.kind === 'wrong') throw stop(found.says)
  return found.place
}

async function isSubset(
  { api }: Context,
  { kind, raw, namespace }: RouteObject,
  destination: Destination,
  signal: AbortSignal,
): Promise<boolean> {
  const apiVersion = textAt(raw, 'apiVersion')?.split('/')[1] ?? 'v1'
  try {
    const search = { api, apiVersion, namespace }
    const { labels } = await kindNamed(kind).readBackends(search, [destination], signal)
    return labels(destination) !== undefined
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) throw error
    return false
  }
}

async function look(
  { workloads }: Context,
  search: ServicePlaceSearch,
  signal: AbortSignal,
): Promise<ServicePlace> {
  try {
    return await servicePlace(workloads, search, signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) throw error
    // Preflight meets the same trouble, and says so.
    return { kind: 'unknown' }
  }
}

function stop(says: string): RunError {
  return new RunError('ITS-DESTINATION-PORT', says)
}
