import type { JsonObject } from '../../src/kube/json.ts'
import type { Wanted } from '../../src/routes/wanted.ts'
import { smallestSum } from './expected-routes.ts'

type Place = { name: string; namespace?: string; port?: number }

/**
 * The backends of a rule of the Gateway API after an edit, computed independently of the code under test, or the code of
 * the problem for which the edit must be refused.
 */
export function expectedBackends(
  backends: readonly JsonObject[],
  wanted: Wanted,
): JsonObject[] | string {
  if (wanted.kind === 'current') return [...backends]
  if (wanted.kind === 'weights') {
    const percents = backends.map((one) => {
      const [, percent = 0] =
        Object.entries(wanted.percents).find(([text]) => isAt(one, text)) ?? []
      return percent
    })
    const sum = smallestSum(percents)
    return withWeights(
      backends,
      percents.map((percent) => Math.round((percent * sum) / 100)),
    )
  }
  const { subset, percent } = wanted
  const sum = smallestSum([percent])
  const part = Math.round((percent * sum) / 100)
  const index = backends.findIndex((one) => isAt(one, subset))
  const weights = backends.map(({ weight }) => (typeof weight === 'number' ? weight : 1))
  const largest = weights.indexOf(Math.max(...weights))
  const copied = backends[largest]
  if (index < 0 && copied?.filters !== undefined) return 'ITS-DESTINATION-NOT-COPIED'
  const others = weights.map((weight, other) => (other === index ? 0 : weight))
  const count = backends.length - (index < 0 ? 0 : 1)
  const all = others.reduce((a, b) => a + b, 0)
  if (all === 0 && count > 1) return 'ITS-NO-PROPORTIONS'
  const shares = count === 1 ? others.map((_, other) => (other === index ? 0 : 1)) : others
  const rounded = largestRemainder(shares, sum - part)
  const changed = rounded.map((weight, other) => (other === index ? part : weight))
  if (index >= 0) return withWeights(backends, changed)
  const { name: _, namespace: __, weight: ___, port, ...rest } = copied ?? {}
  const place = placeOf(subset)
  const added: JsonObject = {
    ...rest,
    ...(port === undefined ? {} : { port }),
    ...place,
    weight: 0,
  }
  return withWeights([...backends, added], [...changed, part])
}

/** A weight of 1 that is left out stays left out. */
function withWeights(backends: readonly JsonObject[], weights: readonly number[]): JsonObject[] {
  return backends.map((one, index) => {
    const weight = weights[index] ?? 0
    return weight === 1 && one.weight === undefined ? one : { ...one, weight }
  })
}

/** In exact arithmetic: the remainder of each is what a division of whole numbers leaves. */
function largestRemainder(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const floors = weights.map((weight) => Math.floor((weight * total) / sum))
  const left = total - floors.reduce((a, b) => a + b, 0)
  const order = weights
    .map((weight, index) => ({ index, rest: (weight * total) % sum }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index)
    .slice(0, left)
    .map(({ index }) => index)
  return floors.map((floor, index) => floor + (order.includes(index) ? 1 : 0))
}

function placeOf(text: string): Place {
  const [, namespace, name = '', port] = /^(?:(.*)\/)?([^:]*)(?::(\d+))?$/.exec(text) ?? []
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}

function isAt(one: JsonObject, text: string): boolean {
  const place = placeOf(text)
  return (
    one.name === place.name &&
    (place.namespace === undefined || one.namespace === place.namespace) &&
    (place.port === undefined || one.port === place.port)
  )
}
