import { ASSUMED_CONNECTION_MS, type Cost } from '../rollout/model/cost.ts'
import { percent, timeText } from './figures.ts'

/** What proving a plan takes, in a sentence. */
export function costText(cost: Cost): string {
  const pauses = cost.pausesMs > 0 ? `, and pauses of ${timeText(cost.pausesMs)} in all` : ''
  return `The proof takes about ${cost.connectionsMean} connections (${cost.connectionsMost} at most with one try a step), ${timeText(cost.connectingMs)} if each takes ${ASSUMED_CONNECTION_MS} ms${pauses}.`
}

/** What a verdict promises, in a sentence. */
export function guaranteeText(confidencePercent: number): string {
  return `Confidence ${confidencePercent}%: a split that is off by the tolerance or more passes, and the exact split fails, with a chance of at most ${percent(1 - confidencePercent / 100)}% each.`
}

/** How an interval beside a verdict is to be read. */
export const INTERVAL_TEXT =
  "The interval is where the true share lies, at the run's confidence and whatever was asked for. The verdict comes from a sharper test: on a pass the interval may reach beyond the tolerance, on a fail it may hold the target."
