import { durationText } from '../evidence/duration-text.ts'
import type { Options } from '../options/options.ts'
import { isLimit } from '../split/health/health-rules.ts'
import { limitText } from './diagnosis/limit-words.ts'
import { samplesIn, seenOf } from './diagnosis/seen-of.ts'
import type { Check } from './model/check.ts'
import {
  countedSamplesText,
  countText,
  observedText,
  percentText,
  samplesText,
  shareText,
  weightsText,
} from './model/percents.ts'
import { errorChance } from './plan/plan-checks.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'

type Planned = Pick<ShiftPlan, 'object' | 'edit' | 'shifted' | 'write'>

/** `wrote`: a write was sent, as to restore the weights of an interrupted run first. */
type Asked = Pick<Options, 'mode' | 'confidencePercent'> & { wrote: boolean }

/** What is true of production after a pass, and how well it is confirmed. */
export function passText(options: Asked, plan: Planned, checks: readonly Check[]): string {
  const last = checks.at(-1)
  if (last === undefined) throw new Error('a pass without a check')
  return [
    nowText(options, plan, last),
    stepsText(plan, checks),
    confirmedText(options, plan, last),
    ...limitTexts(last),
  ]
    .filter((text) => text !== '')
    .join(' ')
}

/** `demo/tcp-echo: v2 is at 20% (was 0%).` */
function nowText(
  asked: Asked,
  { object, edit, shifted, write }: Planned,
  { names, target }: Check,
): string {
  const name = `${object.namespace}/${object.name}`
  const isSame = write === undefined
  if (shifted === undefined) {
    const were = isSame ? '' : ` (were ${weightsText(names, edit.presentShares)})`
    return `${name}: the weights are ${weightsText(names, target)}${were}.${same(asked, isSame)}`
  }
  const share = percentText(target[shifted] ?? 0)
  const before = percentText(edit.presentShares[shifted] ?? 0)
  const was = share === before ? (isSame ? '' : ', as before') : ` (was ${before})`
  return `${name}: ${names[shifted]} is at ${share}${was}.${same(asked, isSame)}`
}

/** A shift that finds the weights as they are to be says so; verify never writes. */
function same({ mode, wrote }: Asked, isSame: boolean): string {
  return isSame && mode !== 'verify' && !wrote
    ? ' That was already the case before the run. Nothing was written.'
    : ''
}

function stepsText({ shifted }: Planned, checks: readonly Check[]): string {
  if (checks.length < 2) return ''
  const steps = checks.map(({ names, target }) =>
    shifted === undefined ? weightsText(names, target) : percentText(target[shifted] ?? 0),
  )
  return `Each of ${checks.length} steps was confirmed: ${steps.join(', ')}.`
}

/** `Observed 19% of 775 connections; 20 ± 5 confirmed at 99% confidence.` */
function confirmedText(
  { confidencePercent }: Pick<Options, 'confidencePercent'>,
  { shifted }: Planned,
  check: Check,
): string {
  const { names, unit, target, tolerance } = check
  const seen = seenOf(check, errorChance({ confidencePercent }))
  const { counts } = seen
  const recognized = counts.reduce((sum, count) => sum + count, 0)
  const band = (index: number) => `${points(target[index] ?? 0)} ± ${points(tolerance[index] ?? 0)}`
  const observed =
    shifted === undefined || recognized === 0
      ? observedText(names, counts, unit)
      : `${shareText((counts[shifted] ?? 0) / recognized, recognized)} of ${countedSamplesText(samplesIn(seen), check)}`
  const confirmed =
    shifted === undefined
      ? names.map((name, index) => `${name} ${band(index)}`).join(', ')
      : band(shifted)
  return `Observed ${observed}; ${confirmed} confirmed at ${confidencePercent}% confidence.`
}

/** `max-errors (1%) is confirmed for v2: 0 errors in 511 requests over 60 s.` */
function limitTexts({ names, unit, health }: Check): string[] {
  return (health?.states ?? []).flatMap(({ question, destination, status, pass }) => {
    if (!isLimit(question) || status !== 'passed') return []
    const what = question.kind === 'max-errors' ? 'errors' : 'slow or errors'
    const over = pass.spanMs === 0 ? '' : ` over ${durationText(pass.spanMs)}`
    return `${limitText(question)} is confirmed for ${names[destination]}: ${countText(pass.events)} ${what} in ${samplesText(pass.samples, unit)}${over}.`
  })
}

/** A share in percentage points, to two decimals. */
function points(share: number): number {
  return Math.round(share * 1e4) / 100
}
