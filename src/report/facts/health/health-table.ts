import { exactDurationText } from '../../../evidence/duration-text.ts'
import { type Latency, latencyQuantileMs } from '../../../evidence/probe/latency.ts'
import type { Check, Watch } from '../../../rollout/model/check.ts'
import { countText, limitPercent } from '../../../rollout/model/percents.ts'
import type { HealthQuestion } from '../../../split/health/health-rules.ts'
import { timeText } from '../../figures.ts'
import { type DestinationErrors, errorsOf, errorsText, rateOf } from '../errors.ts'
import { latencyLimit, limitStates, quantileName } from './limits.ts'
import { latenciesOf } from './quantiles.ts'
import { judgedWord, ofText, rateText } from './rate.ts'

/** A cell, and whether what it says is shown to be within its limit; undefined: that is not decided, or not asked. */
export type HealthCell = { text: string; isGood?: boolean | undefined }

/** The health of all destinations side by side, a row each. */
export type HealthTable = { heads: readonly string[]; rows: readonly (readonly HealthCell[])[] }

type Column = { head: string; cell: (index: number) => HealthCell }
type States = ReturnType<typeof limitStates>

const QUANTILES = [0.5, 0.9, 0.99]

/** undefined where nothing is known of errors, and times have no limit. @param alpha 1 - confidence */
export function healthTable(check: Check, alpha: number): HealthTable | undefined {
  const errors = errorsOf(check)
  const states = limitStates(check)
  if (errors === undefined && states.length === 0) return undefined
  const columns = [
    ...(errors ? errorColumns(check, errors, alpha) : []),
    ...timeColumns(check, states),
  ]
  return {
    heads: ['destination', ...columns.map(({ head }) => head)],
    rows: [
      ...check.names
        .map((name, index) => [{ text: name }, ...columns.map(({ cell }) => cell(index))])
        .filter(([, ...cells]) => cells.some(({ text }) => text !== '')),
      ...unattributedRow(check, columns.length),
    ],
  }
}

function errorColumns(check: Check, errors: readonly DestinationErrors[], alpha: number): Column[] {
  const { watch, unit } = check
  const limit = limitStates(check).find(({ question }) => question.kind === 'max-errors')
  const beside = limit ? `, limit ${limitPercent(limit.question.limit)}%` : ''
  const textOf = (index: number, text: (one: DestinationErrors) => string) => {
    const one = errors[index]
    return one ? text(one) : ''
  }
  return [
    {
      head: `errors of ${judgedWord(unit)}`,
      cell: (index) => ({
        text: textOf(index, errorsText),
        isGood: goodOf(check, 'compare', index),
      }),
    },
    {
      head: `error rate${beside}`,
      cell: (index) => ({
        text: textOf(index, (one) => rateText(rateOf(one), alpha)),
        isGood: goodOf(check, 'max-errors', index),
      }),
    },
    ...(watch?.tallies ? [watchColumn(watch.tallies)] : []),
  ]
}

/** Of the errors, those since the watch began. */
function watchColumn(tallies: NonNullable<Watch['tallies']>): Column {
  return {
    head: 'in the watch',
    cell: (index) => {
      const { ok = 0, errors = 0 } = tallies[index] ?? {}
      return { text: ok + errors === 0 ? '' : ofText({ events: errors, samples: ok + errors }) }
    },
  }
}

function timeColumns(check: Check, states: States): Column[] {
  const latencies = latenciesOf(check)
  if (latencies.every(({ count }) => count === 0)) return []
  const limits = states.filter(({ question }) => question.kind === 'max-latency')
  const limit = latencyLimit(check)
  const limited = limit && round(1 - limit.limit)
  const shares = new Set([...QUANTILES, ...(limited === undefined ? [] : [limited])])
  const quantiles = [...shares].toSorted((a, b) => a - b)
  return [
    ...quantiles.map((share): Column => {
      const own = share === limited ? limit : undefined
      const beside = own ? `, limit ${exactDurationText(own.overMs)}` : ''
      return {
        head: `${quantileName({ limit: 1 - share })}${beside}`,
        cell: (index) => ({
          text: `${quantileText(latencies[index], share)}${own ? longerText(limits, index) : ''}`,
          isGood: own && goodOf(check, 'max-latency', index),
        }),
      }
    }),
  ]
}

/** `, 2 of 863 longer`: how many took longer than the limit, exactly; empty where that is not tested. */
function longerText(limits: States, index: number): string {
  const state = limits.find(({ destination }) => destination === index)
  return state && state.samples > 0 ? `, ${ofText(state)} longer` : ''
}

/** Samples of no known destination, where there are any. */
function unattributedRow({ health }: Check, columns: number): HealthCell[][] {
  const { unattributed = 0, unattributedErrors = 0 } = health ?? {}
  if (unattributed === 0 && unattributedErrors === 0) return []
  const samples = Math.max(unattributed, unattributedErrors)
  const text = `${countText(unattributedErrors)} of ${countText(samples)}`
  const others = Array.from({ length: Math.max(0, columns - 1) }, () => ({ text: '' }))
  return [[{ text: 'no known destination' }, { text }, ...others]]
}

/** Whether a question about a destination is decided, and how. What fails later undoes what has passed. */
function goodOf(
  { health }: Check,
  kind: HealthQuestion['kind'],
  index: number,
): boolean | undefined {
  const failed = health?.failed
  if (failed?.destination === index) return failed.question.kind === kind ? false : undefined
  const state = health?.states.find(
    ({ question, destination }) => question.kind === kind && destination === index,
  )
  return state?.status === 'passed' ? true : undefined
}

function quantileText(latency: Latency | undefined, share: number): string {
  return latency === undefined || latency.count === 0
    ? ''
    : timeText(latencyQuantileMs(latency, share))
}

/** 1 - 0.01 is a little more than 0.99. */
function round(share: number): number {
  return Number(share.toPrecision(12))
}
