import { type Json, listAt, numberAt, textAt } from '../../../sandbox/objects/json.ts'

/** What a rollout with one write spent its time on, from the start of its process to its end; all in milliseconds. */
export type RunPhases = {
  /** Until the run began: Node, the bundle, the inputs. */
  startMs: number
  /** Preflight checks, including the dry run. */
  preflightMs: number
  writeMs: number
  /** From the write's answer until the gateway switched. */
  propagationMs: number
  /** Connections of attempts, from the switch on. */
  samplingMs: number
  /** No connection that counts was under way: from the switch to the first attempt, and between attempts. */
  waitingMs: number
  /** Removal of the journal, until the verdict is reported. */
  settleMs: number
  /** Outputs, summary and report, and the end of the process. */
  endMs: number
}

export const PHASES: readonly (readonly [keyof RunPhases, string])[] = [
  ['startMs', 'start of the process'],
  ['preflightMs', 'preflight checks'],
  ['writeMs', 'the write'],
  ['propagationMs', 'until the gateway switched'],
  ['waitingMs', 'waiting for the first attempt, and between attempts'],
  ['samplingMs', 'connections that are judged'],
  ['settleMs', 'removal of the journal, to the verdict'],
  ['endMs', 'outputs, report, end of the process'],
]

/** The moments around the report's own clock, in milliseconds since the epoch. */
export type ProcessTimes = { startedMs: number; endedMs: number }

/** The phases of a process by its report.json. They sum to its time. */
export function runPhases(report: Json, { startedMs, endedMs }: ProcessTimes): RunPhases {
  const beganMs = Date.parse(textAt(report, 'startedAt') ?? '')
  const spans = listAt(report, 'ramp')
  const span = (kind: string) => {
    const found = spans.find((one) => textAt(one, 'kind') === kind)
    return { fromMs: millisAt(found, 'startMs'), toMs: millisAt(found, 'endMs') }
  }
  const [write, check] = [span('write'), span('check')]
  const finishedMs = millisAt(
    listAt(report, 'timeline').find((one) => textAt(one, 'event') === 'finished'),
    'atMs',
  )
  const { propagationMs, samplingMs } = checkPhases(report)
  return {
    startMs: beganMs - startedMs,
    preflightMs: write.fromMs,
    writeMs: write.toMs - write.fromMs,
    propagationMs,
    samplingMs,
    waitingMs: check.toMs - check.fromMs - propagationMs - samplingMs,
    settleMs: finishedMs - check.toMs,
    endMs: endedMs - beganMs - finishedMs,
  }
}

/** What the check spent on waiting for the gateway, and on judging its connections from then on. */
export function checkPhases(report: Json): { propagationMs: number; samplingMs: number } {
  const propagationMs = numberAt(report, 'checks', 0, 'propagationMs') ?? 0
  const samplingMs = listAt(report, 'checks', 0, 'attempts')
    .map((one) => {
      const startedMs = numberAt(one, 'startedMs') ?? 0
      const endedMs = startedMs + (numberAt(one, 'tookMs') ?? 0)
      return Math.max(0, endedMs - Math.max(startedMs, propagationMs))
    })
    .reduce((sum, ms) => sum + ms, 0)
  return { propagationMs, samplingMs }
}

function millisAt(value: Json | undefined, field: string): number {
  return numberAt(value, field) ?? Number.NaN
}
