import { exitStatus, type Outcome } from '../rollout/outcome.ts'
import { weightsOnObject } from './figures.ts'
import { type LogLine, withMend } from './log-line.ts'

/**
 * The last lines of the log. What did not go well is an error, with what to do about it; then one
 * line says where that leaves the weights, if the run got as far as to them. A success is one line.
 */
export function closingLines(outcome: Outcome): LogLine[] {
  const { verdict, reason } = outcome
  const head = verdict === reason ? `${verdict}: ` : `${verdict} (${reason}): `
  if (exitStatus(outcome) === 0 || verdict === 'in-progress')
    return [{ level: 'info', text: withMend(`${head}${outcome.message}`, outcome.mend) }]
  const error: LogLine = {
    level: 'error',
    text: withMend(`${head}${outcome.message}`, outcome.mend),
  }
  const left = standing(outcome)
  return left === undefined ? [error] : [error, { level: 'info', text: `${head}${left}` }]
}

/** What a run that did not end well left behind; undefined where it did not get as far as to the object. */
function standing(outcome: Outcome): string | undefined {
  const { rolledBack, weights, previousWeights } = outcome
  if (rolledBack && previousWeights)
    return `the weights from before the run are back: ${weightsOnObject(previousWeights, outcome)}`
  if (weights) return `the weights in force are ${weightsOnObject(weights, outcome)}`
  return previousWeights ? 'which weights are in force is not known' : undefined
}
