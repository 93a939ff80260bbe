import { binary } from './binary.ts'
import { type Labels, labelKey, type Sample, unnamed } from './exposition.ts'
import { type Matcher, type Node, ParseError } from './parse.ts'
import type { Series, Value } from './value.ts'

/** What was seen at once. */
export type Scrape = { atMs: number; samples: readonly Sample[] }

/** How old the latest sample of a series may be. */
const LOOKBACK_MS = 300_000

/** The value of a query. `scrapes`: in their order. */
export function evaluate(node: Node, scrapes: readonly Scrape[], nowMs: number): Value {
  switch (node.kind) {
    case 'number':
      return { kind: 'scalar', value: node.value }
    case 'string':
      return { kind: 'string', text: node.text }
    case 'selector':
      return node.rangeSeconds === undefined
        ? { kind: 'vector', samples: latest(node.matchers, scrapes, nowMs) }
        : {
            kind: 'matrix',
            series: range(node.matchers, scrapes, nowMs - node.rangeSeconds * 1000),
          }
    case 'aggregation':
      return aggregate(node, vectorOf(evaluate(node.arg, scrapes, nowMs)))
    case 'call':
      return call(
        node.name,
        node.args.map((arg) => evaluate(arg, scrapes, nowMs)),
      )
    case 'binary':
      return binary(
        node.operator,
        evaluate(node.left, scrapes, nowMs),
        evaluate(node.right, scrapes, nowMs),
      )
  }
}

function latest(matchers: readonly Matcher[], scrapes: readonly Scrape[], nowMs: number): Sample[] {
  const last = scrapes.at(-1)
  if (last === undefined || nowMs - last.atMs > LOOKBACK_MS) return []
  return last.samples.filter(({ labels }) => matches(matchers, labels))
}

function range(matchers: readonly Matcher[], scrapes: readonly Scrape[], fromMs: number): Series[] {
  const series = new Map<string, { labels: Labels; points: [number, number][] }>()
  for (const { atMs, samples } of scrapes.filter((scrape) => scrape.atMs > fromMs))
    for (const { labels, value } of samples.filter((sample) => matches(matchers, sample.labels))) {
      const key = labelKey(labels)
      const known = series.get(key) ?? { labels, points: [] }
      known.points.push([atMs, value])
      series.set(key, known)
    }
  return [...series.values()]
}

function matches(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ label, operator, value }) => {
    const has = labels[label] ?? ''
    const isMet = operator.endsWith('~')
      ? new RegExp(`^(?:${value})$`, 's').test(has)
      : has === value
    return operator.startsWith('!') ? !isMet : isMet
  })
}

function call(name: string, args: readonly Value[]): Value {
  const [first] = args
  if (args.length !== 1 || first === undefined)
    throw new ParseError(`expected 1 argument in call to ${name}, got ${args.length}`)
  switch (name) {
    case 'vector':
      if (first.kind !== 'scalar') throw wrongType(name, 'scalar', first)
      return { kind: 'vector', samples: [{ labels: {}, value: first.value }] }
    case 'scalar': {
      const samples = vectorOf(first)
      const [only] = samples
      return {
        kind: 'scalar',
        value: samples.length === 1 ? (only?.value ?? Number.NaN) : Number.NaN,
      }
    }
    case 'rate':
    case 'increase':
      if (first.kind !== 'matrix') throw wrongType(name, 'range vector', first)
      return { kind: 'vector', samples: first.series.flatMap((one) => growth(one, name)) }
    default:
      throw new ParseError(`unknown function with name ${name}`)
  }
}

/** Prometheus also extrapolates to the ends of the window. A counter that falls has started again at 0. */
function growth({ labels, points }: Series, name: string): Sample[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length < 2) return []
  const increase = points.slice(1).reduce((sum, [, value], index) => {
    const before = points[index]?.[1] ?? 0
    return sum + (value < before ? value : value - before)
  }, 0)
  const seconds = (last[0] - first[0]) / 1000
  const value = name === 'increase' ? increase : increase / seconds
  return [{ labels: unnamed(labels), value }]
}

function aggregate(
  { name, by }: { name: string; by: readonly string[] },
  samples: readonly Sample[],
): Value {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const labels = Object.fromEntries(
      by.flatMap((label) => {
        const value = sample.labels[label]
        return value === undefined ? [] : [[label, value]]
      }),
    )
    const key = labelKey(labels)
    groups.set(key, [...(groups.get(key) ?? []), { labels, value: sample.value }])
  }
  const reduced = [...groups.values()].map((group) => {
    const values = group.map(({ value }) => value)
    const sum = values.reduce((a, b) => a + b, 0)
    const result = { sum, count: values.length, avg: sum / values.length }
    const value =
      name === 'max'
        ? Math.max(...values)
        : name === 'min'
          ? Math.min(...values)
          : (result[name as keyof typeof result] ?? Number.NaN)
    return { labels: group[0]?.labels ?? {}, value }
  })
  return { kind: 'vector', samples: reduced }
}

function vectorOf(value: Value): readonly Sample[] {
  if (value.kind !== 'vector') throw wrongType('aggregation', 'instant vector', value)
  return value.samples
}

function wrongType(name: string, expected: string, { kind }: Value): ParseError {
  return new ParseError(`expected type ${expected} in ${name}, got ${kind}`)
}
