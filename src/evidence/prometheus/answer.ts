import { isObject, type Json, textAt } from '../../kube/json.ts'
import type { NoValue } from './metric.ts'

/** A finite number, or why there is none. */
export type Answered = { kind: 'value'; value: number } | { kind: 'no-value'; why: NoValue }

/**
 * Reads a successful answer to an instant query: a scalar, or a vector of exactly one series.
 * Source: prometheus.io/docs/prometheus/latest/querying/api, "Format overview" and "Expression query result formats".
 */
export function readAnswer(text: string): Answered {
  const body = parsed(text)
  if (body === undefined) return unexpected('something other than JSON')
  if (!isObject(body) || textAt(body, 'status') !== 'success' || !isObject(body.data))
    return unexpected('JSON that is no result of a query')
  const incomplete = whyIncomplete(body)
  if (incomplete !== undefined) return none({ kind: 'incomplete', text: incomplete })
  const { resultType, result } = body.data
  if (!Array.isArray(result) || typeof resultType !== 'string')
    return unexpected('JSON that is no result of a query')
  if (resultType === 'scalar') return numberIn(result)
  if (resultType !== 'vector') return none({ kind: 'other-type', type: resultType })
  const [first] = result
  if (first === undefined) return none({ kind: 'no-data' })
  if (result.length > 1) return none({ kind: 'several', series: result.length })
  if (!isObject(first)) return unexpected('JSON that is no result of a query')
  if (first.value === undefined && first.histogram !== undefined)
    return none({ kind: 'other-type', type: 'histogram' })
  return numberIn(first.value)
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/**
 * Why a result may lack data: Thanos and remote storages answer with warnings if a part of them did not answer, and
 * VictoriaMetrics with isPartial.
 */
function whyIncomplete(body: { [key: string]: Json }): string | undefined {
  const { warnings } = body
  if (Array.isArray(warnings) && warnings.length > 0)
    return typeof warnings[0] === 'string' ? warnings[0] : 'warnings without a text'
  return body.isPartial === true ? 'isPartial' : undefined
}

/** `[time, "number"]`. */
function numberIn(pair: Json | undefined): Answered {
  const text = Array.isArray(pair) && pair.length === 2 ? pair[1] : undefined
  if (typeof text !== 'string') return unexpected('JSON that is no result of a query')
  if (/^(?:NaN|[+-]?Inf)$/i.test(text)) return none({ kind: 'not-finite', text })
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)
  const value = isNumber ? Number(text) : Number.NaN
  if (!isNumber) return unexpected('JSON that is no result of a query')
  return Number.isFinite(value) ? { kind: 'value', value } : none({ kind: 'not-finite', text })
}

function unexpected(text: string): Answered {
  return none({ kind: 'unexpected', text: `answered with ${text}` })
}

function none(why: NoValue): Answered {
  return { kind: 'no-value', why }
}
