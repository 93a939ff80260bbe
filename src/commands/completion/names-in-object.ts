import type { ApiServer } from '../../kube/api-server.ts'
import { at, objectsAt, textAt } from '../../kube/json.ts'
import { ISTIO_NETWORKING, resourcePath } from '../../kube/resources.ts'
import { readObject } from '../../options/groups/object.ts'
import { startReading } from '../../options/reader.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import { kindNamed, rulesOf } from '../../routes/kinds.ts'
import { readRouteObject } from '../../routes/object/read-route-object.ts'
import { type Rule, sharesOf } from '../../routes/rule.ts'
import type { Candidate, Candidates } from './candidates.ts'
import { given, type Place } from './place.ts'

/** The rules of the route object that is named before the cursor, or the destinations of its rules. */
export async function namesInObject(
  names: 'destinations' | 'rules',
  api: ApiServer,
  { raw, signal }: Place,
): Promise<Candidates> {
  const { object: name } = readObject(startReading(raw))
  if (name.namespace === '' || name.name === '') return { candidates: [] }
  const read = await readRouteObject(api, name, signal)
  if (!read.ok) return { candidates: [] }
  const all = rulesOf(read.value.object)
  if (names === 'rules') return { candidates: all.map(ruleCandidate) }
  const route = given({ raw }, 'route')
  const kind = kindNamed(name.kind)
  const rules = route === undefined ? all : all.filter(isNamed(route))
  const known = rules.flatMap(destinationsOf)
  const isVirtualService = kind.kind === 'VirtualService'
  const others = isVirtualService ? await subsets(api, rules, name.namespace, signal) : []
  return { candidates: unique([...known, ...others]) }
}

function isNamed(route: string) {
  return ({ name, position }: Rule) => route === name || route === position
}

function ruleCandidate({ name, destinations }: Rule): Candidate {
  return { text: name, about: destinationNames(destinations).join(', ') }
}

function destinationsOf(rule: Rule): Candidate[] {
  const shares = sharesOf(rule)
  return destinationNames(rule.destinations).map((text, index) => ({
    text,
    about: `${rule.name}, ${Math.round(100 * (shares[index] ?? 0))}%`,
  }))
}

/** Subsets that DestinationRules define for the hosts of the rules, and that the rules do not have yet. */
async function subsets(
  api: ApiServer,
  rules: readonly Rule[],
  namespace: string,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const hosts = new Set(rules.flatMap(({ destinations }) => destinations.map(shortHost)))
  const resource = { group: ISTIO_NETWORKING, version: 'v1', plural: 'destinationrules' }
  const path = resourcePath({ ...resource, namespace, name: undefined })
  const answer = await api.get(path, signal).catch(() => null)
  return objectsAt(answer, 'items')
    .map((item) => at(item, 'spec'))
    .filter((spec) => hosts.has(shortHost({ host: textAt(spec, 'host') ?? '' })))
    .flatMap((spec) => objectsAt(spec, 'subsets'))
    .map((subset) => ({ text: textAt(subset, 'name') ?? '', about: 'not in the rule yet' }))
}

function shortHost({ host }: { host: string }): string {
  return host.split('.')[0] ?? ''
}

function unique(candidates: readonly Candidate[]): Candidate[] {
  const texts = candidates.map(({ text }) => text)
  return candidates.filter(({ text }, index) => text !== '' && texts.indexOf(text) === index)
}
