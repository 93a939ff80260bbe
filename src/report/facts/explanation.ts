import { documentationOf } from '../../problem/codes.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { countedSamplesText } from '../../rollout/model/percents.ts'
import { recoveredSentence } from '../../rollout/model/recovered.ts'
import { percent } from '../figures.ts'
import { costText, guaranteeText, writeRemarks } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { alphaOf, confidenceOf, countedOf, observedPercent } from './counted.ts'
import { NOTHING_WRITTEN, saysNothingWritten, toneOf } from './headline.ts'
import { limitSentences } from './health/limits.ts'
import { problemsOf, type ReportedProblem } from './problems.ts'
import { drainText } from './proxies/drain-text.ts'
import { proxiesText } from './proxies/proxies-view.ts'
import { shiftedIndex, unitIn } from './subject.ts'

/** Why the run ended as it did, in a few lines. */
export function whyLines(record: RunRecord, outcome: Outcome): string[] {
  const lines = allLines(record, outcome)
  // The headline of an error says it.
  return saysNothingWritten(record, outcome)
    ? lines.map((line) => line.replace(NOTHING_WRITTEN, '').trim()).filter((line) => line !== '')
    : lines
}

function allLines(record: RunRecord, outcome: Outcome): string[] {
  switch (outcome.verdict) {
    case 'pass':
      return [
        confirmedText(record, outcome),
        ...limitLines(record, outcome),
        ...proxyLines(record, outcome),
        ...recoveredLines(outcome),
      ].filter((line) => line !== '')
    case 'planned':
      return record.change
        ? [
            costText(record.change.cost, unitIn(record)),
            guaranteeText(record.options ?? { confidencePercent: 99 }, unitIn(record)),
          ]
        : linesOf(outcome.message)
    default: {
      // What was restored is said of production. Of several problems, each has its code.
      const problems = problemsOf(record, outcome)
      const isRestored = outcome.rolledBack && toneOf(outcome) !== 'good'
      const isList = saysNothingWritten(record, outcome) && problems.length > 1
      const texts = problems.map((one) => (problems.length > 1 ? withCode(one) : one.what))
      return isRestored || isList
        ? [...texts, ...recoveredLines(outcome)].flatMap(linesOf)
        : linesOf(outcome.message)
    }
  }
}

/** What is shown of the limits of health, with what it covers. */
function limitLines(record: RunRecord, { checks }: Outcome): string[] {
  const last = checks.at(-1)
  return last ? limitSentences(last, alphaOf(record)) : []
}

/** Whether every proxy has the weights, and what those that have none left still have in progress. */
function proxyLines(record: RunRecord, { checks, drain }: Outcome): string[] {
  const last = checks.at(-1)
  return [
    last?.proxies?.status === 'confirmed' ? proxiesText(last, last.proxies) : '',
    drain ? drainText(drain, confidenceOf(record)) : '',
  ]
}

/** What became of interrupted runs before this one. The message of a run that did not end well has it. */
function recoveredLines({ recovered = [] }: Outcome): string[] {
  return recovered.map(recoveredSentence)
}

function withCode({ what, code }: ReportedProblem): string {
  return code === undefined ? what : `${what} [${code}]`
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** `Observed v2 at 19% in 775 connections. 20% ± 5 is confirmed at 99% confidence.` */
function confirmedText(record: RunRecord, { checks }: Outcome): string {
  const last = checks.at(-1)
  if (last === undefined) return ''
  const counted = countedOf(last, alphaOf(record))
  const index = shiftedIndex(record, last)
  const observed = observedPercent(counted, index)
  const asked = `${percent(last.target[index] ?? 0)}% ± ${percent(last.tolerance[index] ?? 0)}`
  const confirmed = `${asked} is confirmed at ${record.options?.confidencePercent ?? 99}% confidence.`
  if (observed === undefined) return confirmed
  const share = shareOf(observed, counted.recognized)
  return `Observed ${last.names[index]} at ${share} in ${countedSamplesText(counted.samples, last)}. ${confirmed}`
}

/** With as many decimals as so many samples are good for. */
export function shareOf(observed: number, samples: number): string {
  const decimals = samples >= 10_000 ? 2 : observed < 10 || observed > 99.5 ? 1 : 0
  return `${Number(observed.toFixed(decimals))}%`
}

/** What planned or confirmed writes do beside the weights; empty where that is nothing. */
export function besideWeights({ plan }: RunRecord, { verdict }: Outcome): string {
  if (plan === undefined) return ''
  if (verdict === 'planned') return writeRemarks(plan).join(' ')
  // The stamps are gone by then.
  return verdict === 'pass' ? writeRemarks({ ...plan, stamps: false }).join(' ') : ''
}

/** What the lines of `whyLines` are about. */
export function whyTitle({ verdict }: Pick<Outcome, 'verdict'>): string {
  switch (verdict) {
    case 'planned':
      return 'What it takes'
    case 'idle':
    case 'in-progress':
      return 'Found'
    case 'restored':
      return 'Done'
    default:
      return 'Why'
  }
}

/** More pages than these are not named one by one. */
const MOST_DOCUMENTED = 3

/** The codes of what kept the run from ending well, with the page that explains them. */
export type Documented = { code: string; documentation: string }

export function documentedProblems(record: RunRecord, outcome: Outcome): Documented[] {
  const codes = new Set(problemsOf(record, outcome).flatMap(({ code }) => code ?? []))
  const all = [...codes].map((code) => ({ code, documentation: documentationOf(code) }))
  const [page = ''] = all[0]?.documentation.split('#') ?? []
  return all.length > MOST_DOCUMENTED ? [{ code: 'each code above', documentation: page }] : all
}
