import { startLog } from '../../src/report/log/log.ts'
import type { LogLine } from '../../src/report/log/log-line.ts'
import { startRecord } from '../../src/report/record.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'
import { SOME_START } from './run.ts'

/** A log that takes each event at a moment, in milliseconds since the run began. */
export function loggedAt(live = false): { at(nowMs: number, event: RunEvent): LogLine[] } {
  const clock = { nowMs: 0 }
  const { record, take } = startRecord(SOME_START, () => clock.nowMs)
  const log = startLog(record, () => clock.nowMs, live)
  return {
    at(nowMs, event) {
      clock.nowMs = nowMs
      take(event)
      return log(event)
    },
  }
}

/** The lines of events, each with its level. */
export function allLines(...events: RunEvent[]): string[] {
  const log = loggedAt()
  return events.flatMap((event) => log.at(0, event).map(({ level, text }) => `${level}: ${text}`))
}
