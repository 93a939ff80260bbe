import { load } from 'js-yaml'
import type { Bounds, Metric } from '../../evidence/prometheus/metric.ts'
import { isPlaceholder, PLACEHOLDERS, partsOf } from '../../evidence/prometheus/template.ts'
import { isObject, type Json, type JsonObject } from '../../kube/json.ts'
import { plainList } from '../../problem/list-text.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { Given } from '../option.ts'
import { parseNumber } from './number.ts'

const EXAMPLE = 'a YAML list of metrics, such as [{name: errors, query: "...", max: 0.01}]'
const FIELDS = ['name', 'query', 'min', 'max']
const MOST_METRICS = 20
const LONGEST_NAME = 60
const LONGEST_QUERY = 20_000

/** Reads the list of queries with their bounds. */
export function parseMetrics({ name: input, text, refuse }: Given): Metric[] | undefined {
  const invalid = (what: string) => refuse('ITS-METRICS-INVALID', () => `${input}${what}`)
  let value: unknown
  try {
    value = load(text)
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return invalid(` must be ${EXAMPLE}. It is not valid YAML: ${line}.`)
  }
  if (!Array.isArray(value)) return invalid(` must be ${EXAMPLE}.`)
  if (value.length === 0) return invalid(' is an empty list. Add a metric, or remove the input.')
  if (value.length > MOST_METRICS)
    return invalid(` has ${value.length} metrics. The most are ${MOST_METRICS}.`)
  const items = value as Json[]
  const read = items.map((item, index) => readMetric(item, index + 1))
  const names = read.map(({ metric }) => metric?.name)
  const problems = read.flatMap(({ problems: own, metric }, index) => {
    const isTwice = metric !== undefined && names.indexOf(metric.name) < index
    return [...own, ...(isTwice ? [`${metric.name} is the name of two metrics.`] : [])]
  })
  for (const problem of problems) invalid(`: ${problem}`)
  return problems.length > 0 ? undefined : read.flatMap(({ metric }) => metric ?? [])
}

type Read = { metric: Metric | undefined; problems: string[] }

function readMetric(item: Json, number: number): Read {
  const place = `metric ${number}`
  if (!isObject(item))
    return { metric: undefined, problems: [`${place} must have a name, a query, and min or max.`] }
  const name = nameOf(item)
  const whose = name ?? place
  const problems = [
    ...(name === undefined
      ? [`${place} must have a name on one line, of at most ${LONGEST_NAME} characters.`]
      : []),
    ...Object.keys(item)
      .filter((field) => !FIELDS.includes(field))
      .map(
        (field) =>
          `${whose} has a field ${JSON.stringify(field.slice(0, LONGEST_NAME))}, which is not one of ${plainList(FIELDS)}.${suggestion(nearest(field, FIELDS))}`,
      ),
  ]
  const query = queryOf(item)
  problems.push(
    ...(query === undefined
      ? [
          `${whose} must have a query of at most ${LONGEST_QUERY.toLocaleString('en-US')} characters.`,
        ]
      : wrongWith(whose, query)),
  )
  const min = boundOf(item, 'min')
  const max = boundOf(item, 'max')
  for (const [field, bound] of Object.entries({ min, max }))
    if (bound === 'invalid') problems.push(`${whose}: ${field} must be a number.`)
  if (min === undefined && max === undefined)
    problems.push(`${whose} must have min or max, or both.`)
  if (min === 'invalid' || max === 'invalid' || name === undefined || query === undefined)
    return { metric: undefined, problems }
  if (min !== undefined && max !== undefined && min > max)
    problems.push(`${whose}: min (${min}) is greater than max (${max}).`)
  return { metric: { name, query, bounds: { min, max } satisfies Bounds }, problems }
}

function nameOf({ name }: JsonObject): string | undefined {
  const text = typeof name === 'string' || typeof name === 'number' ? String(name).trim() : ''
  const isShown = text !== '' && text.length <= LONGEST_NAME && !/\p{Cc}/u.test(text)
  return isShown ? text : undefined
}

function queryOf({ query }: JsonObject): string | undefined {
  const text = typeof query === 'string' || typeof query === 'number' ? String(query).trim() : ''
  return text !== '' && text.length <= LONGEST_QUERY ? text : undefined
}

function boundOf(item: JsonObject, field: 'min' | 'max'): number | undefined | 'invalid' {
  if (!Object.hasOwn(item, field)) return undefined
  const bound = item[field]
  const number = typeof bound === 'string' ? parseNumber(bound.trim()) : bound
  return typeof number === 'number' && Number.isFinite(number) ? number : 'invalid'
}

/** What is wrong with the placeholders of a query. Only the server can tell whether the rest of it is PromQL. */
function wrongWith(whose: string, query: string): string[] {
  return partsOf(query).flatMap((part) => {
    if (part.kind === 'text') return []
    const shown = `{{${part.name.slice(0, LONGEST_NAME)}}}`
    if (!isPlaceholder(part.name))
      return [
        `${whose}: ${shown} is not one of ${plainList(PLACEHOLDERS.map((one) => `{{${one}}}`))}.${suggestion(nearest(part.name, PLACEHOLDERS))}`,
      ]
    // Outside of quotation marks a name such as web-v2 would be an expression.
    const isBare = part.quote === undefined && part.name !== 'window'
    return isBare ? [`${whose}: ${shown} must be in quotation marks, such as "${shown}".`] : []
  })
}
