import { exitStatus, type Outcome } from '../../rollout/model/outcome.ts'
import { clockText } from '../facts/clock.ts'
import { documentedProblems, whyLines, whyTitle } from '../facts/explanation.ts'
import { headlineOf, toneOf } from '../facts/headline.ts'
import { nextText } from '../facts/next.ts'
import { productionOf } from '../facts/production.ts'
import type { RunRecord } from '../record.ts'
import type { LogLine } from './log-line.ts'

/**
 * The last line of a run: what became of it, what is true of production now, why, what to do next, and where that is
 * explained. It is one annotation, an error where the run did not end well, and a notice on a pass.
 */
export function closingLine(record: RunRecord, outcome: Outcome): LogLine {
  const { verdict, reason } = outcome
  const ended = verdict === reason ? verdict : `${verdict} (${reason})`
  const text = [
    headlineOf(record, outcome),
    productionOf(record, outcome).text,
    ...labelled(whyTitle(outcome), whyLines(record, outcome).join('\n')),
    ...(outcome.remedy === '' && toneOf(outcome) === 'good'
      ? []
      : labelled('Next', nextText(record, outcome))),
    ...documentedProblems(record, outcome).map(
      ({ code, documentation }) => `More: ${documentation} [${code}]`,
    ),
    `Verdict: ${verdict === reason ? verdict : `${verdict}, reason ${reason}`}, exit status ${exitStatus(outcome)}, at ${clockText(record, record.tookMs)}.`,
  ].join('\n')
  return {
    level: levelOf(outcome),
    text,
    title: `Traffic shift: ${ended}`,
    tone: toneOf(outcome),
    isClosing: true,
  }
}

function levelOf(outcome: Outcome): LogLine['level'] {
  const { verdict } = outcome
  if (verdict === 'pass' || verdict === 'restored') return 'notice'
  return exitStatus(outcome) === 0 || verdict === 'in-progress' ? 'info' : 'error'
}

function labelled(label: string, text: string): string[] {
  return text === '' ? [] : [`${label}: ${text}`]
}
