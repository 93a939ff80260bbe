import { percentText } from '../../rollout/model/percents.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'

/** What is in progress, and its progress. */
export type LiveNow = {
  about: string
  fields: readonly string[]
  /** Lines below it. */
  below?: readonly string[]
}

export type LiveStep = {
  /** `v2 20%` */
  name: string
  /** `v2 -> 20%` */
  about: string
  state: 'waiting' | 'current' | 'watched' | 'confirmed' | 'failed'
  /** What a step that is over took. */
  took: readonly string[]
}

const MARKS: Readonly<Record<LiveStep['state'], string>> = {
  waiting: '·',
  current: '▶',
  watched: '▶',
  confirmed: '✔',
  failed: '✘',
}

/** Steps before the current one, and in all, that a block has room for. */
const STEPS_BEFORE = 2
const MOST_STEPS = 8

/**
 * A ramp as a block: a line for the run, and one for each step with its state, as
 * `kubectl argo rollouts get rollout --watch` shows it.
 *
 * @param now the check or the watch in progress
 */
export function liveBlock(
  record: RunRecord,
  steps: readonly LiveStep[],
  now: LiveNow | undefined,
): string {
  const done = steps.filter(({ state }) => state !== 'waiting').length
  const head = [
    record.object ?? '',
    shiftText(record),
    `step ${done} of ${steps.length}`,
    timeText(record.tookMs),
  ]
  const isBetween = steps.every(({ state }) => !isInProgress(state))
  const width = Math.max(...steps.map(({ name }) => name.length))
  const rows = steps.map((step) =>
    [rowOf(step, width, now), ...(isInProgress(step.state) ? (now?.below ?? []) : [])].join('\n'),
  )
  const from = Math.max(0, Math.min(done - 1 - STEPS_BEFORE, steps.length - MOST_STEPS))
  const shown = rows.slice(from, from + MOST_STEPS)
  const left = steps.length - from - shown.length
  return [
    head.join('  '),
    ...(from > 0 ? [`  ${from} earlier steps`] : []),
    ...shown,
    ...(left > 0 ? [`  ${left} more steps`] : []),
    ...(isBetween && now ? [`  ${[now.about, ...now.fields].filter(Boolean).join('  ')}`] : []),
  ].join('\n')
}

function rowOf({ name, state, took }: LiveStep, width: number, now: LiveNow | undefined): string {
  const fields = isInProgress(state) ? (now?.fields ?? []) : [state, ...took]
  return [`  ${MARKS[state]} ${name.padEnd(width)}`, ...fields].join('  ')
}

function isInProgress(state: LiveStep['state']): boolean {
  return state === 'current' || state === 'watched'
}

/** `v2 0% -> 100%` */
function shiftText(record: RunRecord): string {
  const { plan } = record
  const last = plan?.checks.at(-1)
  if (plan === undefined || last === undefined) return ''
  const name = last.names[shiftedIndex(record, last)] ?? ''
  const target = percentText(last.target[shiftedIndex(record, last)] ?? 0)
  return `${name} ${plan.present[name] ?? 0}% -> ${target}`
}
