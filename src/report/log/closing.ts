import { exitStatus, type Outcome } from '../../rollout/model/outcome.ts'
import { weightsOnObject } from '../figures.ts'
import { type LogLine, withRemedy } from './log-line.ts'

/**
 * The last lines of the log. What did not go well is an error, with what to do about it; then one
 * line says where that leaves the weights. A success is one line.
 */
export function closingLines(outcome: Outcome): LogLine[] {
  const { verdict, reason } = outcome
  const head = verdict === reason ? `${verdict}: ` : `${verdict} (${reason}): `
  const ended = withRemedy(`${head}${outcome.message}`, outcome.remedy)
  if (exitStatus(outcome) === 0 || verdict === 'in-progress')
    return [{ level: 'info', text: ended }]
  const error: LogLine = { level: 'error', text: ended }
  const left = outcome.untouched ? untouchedText(outcome) : withHead(head, standing(outcome))
  return left === '' ? [error] : [error, { level: 'info', text: left }]
}

function withHead(head: string, text: string): string {
  return text === '' ? '' : `${head}${text}`
}

const NOTHING = 'Nothing was written.'

/** That nothing was written, and the weights that therefore stay; empty where the message says it all, or something was written. */
export function untouchedText(outcome: Outcome): string {
  const { untouched, message, reason, weights } = outcome
  if (!untouched) return ''
  const nothing = message.includes(NOTHING) ? '' : NOTHING
  if (untouched.object === undefined || !weights) return nothing
  // What somebody else is writing to does not stay as it is.
  const verb = ['locked', 'changed-by-other'].includes(reason) ? 'is at' : 'stays at'
  const stays = `${untouched.object} ${verb} ${weightsOnObject(weights, outcome)}.`
  return nothing === '' ? stays : `${nothing} ${stays}`
}

/** What a run that wrote and did not end well left behind; empty where that is not about weights. */
function standing(outcome: Outcome): string {
  const { rolledBack, weights, previousWeights } = outcome
  if (rolledBack && previousWeights)
    return `the weights from before the run are back: ${weightsOnObject(previousWeights, outcome)}`
  if (weights) return `the weights in force are ${weightsOnObject(weights, outcome)}`
  return previousWeights ? 'which weights are in force is not known' : ''
}
