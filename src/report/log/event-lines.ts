import { endpointText } from '../../kube/endpoint.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { percentsText, samplesText } from '../../rollout/model/percents.ts'
import { theSplitter } from '../../rollout/model/splitter.ts'
import type { Unstamped } from '../../rollout/rollback/await-unstamped.ts'
import { clockText } from '../facts/clock.ts'
import { jobText } from '../facts/job-text.ts'
import { gapText } from '../facts/proxies/gap-text.ts'
import { splitterIn, unitIn } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { attemptText, checkEndedLines, progressText } from './check-lines.ts'
import { closingLine } from './closing.ts'
import { metricLines, settlingLines, watchingLines } from './health-lines.ts'
import { findingLines, type LogLine } from './log-line.ts'
import { planLines } from './plan-lines.ts'
import { repliesText } from './preflight-lines.ts'
import { drainLines } from './proxy-lines.ts'

/** The lines of one event, without regard to the lines before. The record has taken the event. */
export function linesOf(event: RunEvent, record: RunRecord): LogLine[] {
  switch (event.kind) {
    case 'started':
      return info(
        `${event.objectKind} ${event.object} on ${event.server} (context ${event.context}).`,
        ...(event.workloadsServer === event.server
          ? []
          : [`Services and Pods on ${event.workloadsServer}.`]),
      )
    case 'manifest':
      return info(`${event.objectKind} ${event.object} in the file ${event.path}.`)
    case 'planned':
      return info(...planLines(event.plan))
    case 'would-change':
      return event.diff === '' ? [] : [{ level: 'info', text: event.diff, tone: 'diff' }]
    case 'finding':
      return findingLines(event.finding)
    case 'endpoint':
      return info(
        `${record.plan?.splitter === 'mesh' ? 'Address in the mesh' : 'Gateway'}: ${endpointText(event.endpoint)} (${event.how})${event.addresses.length > 1 ? `, addresses used in turn: ${event.addresses.join(', ')}` : ''}.`,
      )
    case 'job':
      return info(jobText(event.progress))
    case 'preflight-progress':
      return info(
        `Preflight: ${samplesText(event.samples, unitIn(record))} ended, waiting for the others.`,
      )
    case 'preflight-replies':
      return info(repliesText(event, unitIn(record), record.plan?.checks[0]?.counted !== undefined))
    case 'dry-run-accepted':
      return info('Dry run: the API server accepts the edit.')
    case 'recovering':
      return info(
        `Found the journal of an interrupted run, ${event.run}.${event.keeps ? '' : ' That run is rolled back first.'}`,
      )
    case 'recovered':
      return [
        {
          level: 'warning',
          text: `${event.recovered.run}: ${event.recovered.what}`,
          title: 'Traffic shift: ITS-INTERRUPTED-RUN',
        },
      ]
    case 'written':
      return info(
        `Written at ${clockText(record, record.tookMs)}: ${percentsText(event.weights)} (${timeText(event.tookMs)}).`,
      )
    case 'progress':
      return info(progressText(event.check, event.now, record))
    case 'attempt-ended':
      return info(attemptText(event.check, event.ended, record, event.again))
    case 'sampled-further':
      return event.samples === 0
        ? []
        : info(
            `  After the decision: ${samplesText(event.samples, unitIn(record))} more, only to find its cause.`,
          )
    case 'check-ended':
      return checkEndedLines(event.check, record)
    case 'settling':
      return settlingLines(event)
    case 'watching':
      return watchingLines(event, record)
    case 'metrics':
      return metricLines(event)
    case 'count-gap':
      return info(`  ${gapText(event.gap)}`)
    case 'draining':
      return drainLines(event.now)
    case 'release-trouble':
      return [
        {
          level: 'warning',
          text: `The last write has not succeeded yet. Retrying until the time limit: ${event.why}`,
        },
      ]
    case 'restored':
      return info(
        `Restored at ${clockText(record, record.tookMs)}, ${timeText(event.sinceFirstWriteMs)} after the first write.${event.isChecked ? ` Checking whether ${theSplitter(splitterIn(record))} uses ${event.isStep ? 'the restored step' : 'the previous weights'}.` : ''}`,
      )
    case 'restore-unstamped':
      return info(`  ${unstampedText(event)}`)
    case 'journal-removed':
      return info('Journal removed from the object.')
    case 'api-retry': {
      const { method, path, why, next, of } = event.retry
      // With credentials that were read again, a call is sent once more than it is tried.
      const count = next > of ? '' : ` (${next} of ${of})`
      return info(`${method} ${path.replace(/\?.*/s, '')}: ${why}, retrying${count}.`)
    }
    case 'finished':
      return [closingLine(record, event.outcome)]
    // The title of a group says it, or the last line does.
    default:
      return []
  }
}

/** What replies after a restore show of the stamps of the run. */
function unstampedText({ seen, inARow }: Unstamped): string {
  switch (seen) {
    case 'gone':
      return `The last ${inARow} replies had no stamp of this run.`
    case 'there':
      return 'Replies still have stamps of this run.'
    case 'too-few':
      return `Only the last ${inARow} ${inARow === 1 ? 'reply' : 'replies'} had no stamp of this run.`
    case 'unanswered':
      return 'Requests get no recognized reply.'
    case 'no-samples':
      return 'No request ended in time.'
  }
}

function info(...texts: string[]): LogLine[] {
  return texts.map((text) => ({ level: 'info', text }))
}
