import { isJournalMode } from '../../options/unsuited.ts'
import { exitStatus, type Outcome } from '../../rollout/model/outcome.ts'
import { percentsText } from '../../rollout/model/percents.ts'
import { dateText } from '../facts/clock.ts'
import { unitIn } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import { guaranteeText } from '../plan-texts.ts'
import type { RunRecord } from '../record.ts'
import { whatHappened } from '../what-happened.ts'
import { type Cell, facts, linkedText } from './html.ts'

/** What the run was: by whom, when, where, with which inputs. The answer does not need it. */
export function runSection(record: RunRecord, outcome: Outcome): string {
  const happened = whatHappened(record, outcome).map((line) => `<p>${escapedHtml(line)}</p>`)
  const inputs = Object.entries(record.inputs)
  return `<h2>This run</h2>
${happened.join('\n')}
${facts(factsOf(record, outcome))}
${inputs.length === 0 ? '' : `<h3>Inputs</h3>${facts(inputs)}`}`
}

function factsOf(record: RunRecord, outcome: Outcome): [string, Cell][] {
  const { options, manifest } = record
  const last = outcome.checks.at(-1)
  const propagationMs = last?.propagationMs
  return [
    ['verdict', `${outcome.verdict} (${outcome.reason}), exit status ${exitStatus(outcome)}`],
    ['run', linkedText(record.by)],
    ['began', dateText(record)],
    ['took', timeText(record.tookMs)],
    ['version', record.version],
    ['object', [record.objectKind, record.object].filter((part) => part).join(' ')],
    ['file', manifest ?? ''],
    ['rule', record.plan?.rule ?? ''],
    ['server', record.server ?? ''],
    ['context', record.context ?? ''],
    [record.plan?.splitter === 'mesh' ? 'address' : 'gateway', record.endpoint ?? ''],
    ['before', outcome.previousWeights ? percentsText(outcome.previousWeights) : ''],
    [
      manifest === undefined ? 'now' : 'in the file now',
      outcome.weights ? percentsText(outcome.weights) : '',
    ],
    [
      'in effect',
      propagationMs === undefined ? '' : `${timeText(propagationMs)} after the last write`,
    ],
    [
      'confidence',
      options && !isJournalMode(options.mode) ? guaranteeText(options, unitIn(record)) : '',
    ],
  ]
}
