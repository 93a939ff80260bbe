import { at, type Json, type JsonObject, objectsAt, sameJson } from '../../src/kube/json.ts'
import { roundShares } from '../../src/routes/weights/round-shares.ts'
import { edit, sentences } from './edit.ts'
import type { Generated } from './generated.ts'
import { foreignChanges, meaning, withRoutes } from './second-opinion.ts'

/** Edits a generated manifest and returns what is wrong with the result; undefined where nothing is. */
export function wrongEdit(given: Generated): string | undefined {
  const edited = edit(given.text, given.wanted, given.route)
  if (!edited.ok) return `refused: ${sentences(edited.problems)}`
  const before = meaning(given.text)
  const place = [...given.place, 'spec', given.protocol, given.index, 'route']
  const routes = objectsAt(before, ...place)
  const expected = withRoutes(before, place, expectedRoutes(routes, given.wanted))
  if (!sameJson(expected, meaning(edited.value)))
    return `means ${JSON.stringify(at(meaning(edited.value), ...place))}`
  const foreign = foreignChanges(given.text, edited.value)
  return foreign.length === 0 ? undefined : `changed too: ${JSON.stringify(foreign)}`
}

/** The expected destinations, computed independently of the code under test. */
function expectedRoutes(
  routes: readonly JsonObject[],
  { subset, percent }: Generated['wanted'],
): JsonObject[] {
  const sum = [100, 1_000, 10_000].find((one) => isWhole((percent * one) / 100)) ?? 100
  const part = Math.round((percent * sum) / 100)
  const index = routes.findIndex(
    (route) => (at(route, 'destination', 'subset') ?? at(route, 'destination', 'host')) === subset,
  )
  const weights = routes.map((route) => (routes.length === 1 ? 1 : Number(route.weight ?? 0)))
  const position = index < 0 ? routes.length : index
  const others = weights.map((weight, other) => (other === position ? 0 : weight))
  const only = others.length - (index < 0 ? 0 : 1) === 1
  const shares = only ? others.map((_, other) => (other === position ? 0 : 1)) : others
  const rounded = roundShares(shares, sum - part)
  const changed = routes.map((route, other) => {
    const weight = other === position ? part : (rounded[other] ?? 0)
    // Among several a missing weight is 0, and stays missing.
    return weight === 0 && route.weight === undefined ? route : { ...route, weight }
  })
  const [heaviest] = routes
    .map((route, other) => ({ route, weight: weights[other] ?? 0 }))
    .sort((a, b) => b.weight - a.weight)
  if (index >= 0 || heaviest === undefined) return changed
  return [...changed, { destination: newDestination(heaviest.route, subset), weight: part }]
}

function newDestination(copied: JsonObject, text: string): JsonObject {
  const port = at(copied, 'destination', 'port')
  const kept: JsonObject = port === undefined ? {} : { port: port as Json }
  const [host = '', subset] = text.split('/')
  const [name = '', number] = host.split(':')
  return {
    host: name,
    ...(number === undefined ? kept : { port: { number: Number(number) } }),
    ...(subset === undefined ? {} : { subset }),
  }
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6
}
