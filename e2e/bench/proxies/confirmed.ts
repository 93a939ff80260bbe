import { type Json, listAt, numberAt } from '../../../sandbox/objects/json.ts'
import type { Api } from '../../objects/api.ts'
import { virtualService } from '../../objects/tutorial.ts'
import { gatewaySplits } from '../../suite/support/route.ts'
import { inARow, type Row } from '../in-a-row.ts'
import { phasesOf, quantile, samplingOf } from '../phases.ts'

/** Shifts to 20 ± 5 whose proxies are all confirmed, each from 0. */
export async function confirmedShifts(api: Api, count: number): Promise<Row> {
  const row: Row = { ended: [], reports: [] }
  for (let index = 0; index < count; index += 1) {
    const weights = { v1: 100, v2: 0 }
    await api.replace(virtualService(weights))
    await gatewaySplits(weights, 'first')
    await gatewaySplits(weights, 'second')
    const one = await inARow(1, () => ({ proxies: 'require', subset: 'v2', weight: '20' }))
    row.ended.push(...one.ended)
    row.reports.push(...one.reports)
  }
  return row
}

export type Costs = {
  meanSamples: number
  /** How many took another attempt, because proxies could not be confirmed again after the first one. */
  again: number
  /** Standard error of the mean. */
  error: number
  medianMs: number
  /** Median of the propagation and the samples at the rate at which they were taken. */
  necessaryMs: number
  propagationMs: number
  perSecond: number
}

/** What the shifts took. */
export function costsOf(reports: readonly Json[]): Costs {
  const samples = reports.map((report) =>
    listAt(report, 'checks', 0, 'attempts').reduce<number>(
      (sum, one) => sum + (numberAt(one, 'samples') ?? 0),
      0,
    ),
  )
  const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length
  const squares = samples.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const phases = reports.map(phasesOf)
  const median = (values: readonly number[]) => quantile(values, 0.5)
  return {
    meanSamples: mean,
    again: reports.filter((report) => listAt(report, 'checks', 0, 'attempts').length > 1).length,
    error: Math.sqrt(squares / (samples.length - 1) / samples.length),
    medianMs: median(phases.map(({ totalMs }) => totalMs)),
    necessaryMs: median(phases.map(({ propagationMs, samplingMs }) => propagationMs + samplingMs)),
    propagationMs: median(phases.map(({ propagationMs }) => propagationMs)),
    perSecond: median(reports.map((report) => samplingOf(report).perSecond)),
  }
}
