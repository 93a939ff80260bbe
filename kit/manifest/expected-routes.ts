import { at, type Json, type JsonObject } from '../../src/kube/json.ts'
import { roundShares } from '../../src/routes/weights/round-shares.ts'

/** The expected destinations of a VirtualService, computed independently of the code under test. */
export function expectedRoutes(
  routes: readonly JsonObject[],
  { subset, percent }: { subset: string; percent: number },
): JsonObject[] {
  const sum = smallestSum([percent])
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

/** The smallest sum of weights that holds each of the percents exactly. */
export function smallestSum(percents: readonly number[]): number {
  const isWhole = (value: number) => Math.abs(value - Math.round(value)) < 1e-6
  return (
    [100, 1_000, 10_000].find((sum) => percents.every((one) => isWhole((one * sum) / 100))) ?? 100
  )
}
