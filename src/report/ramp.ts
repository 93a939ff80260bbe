import type { RunEvent } from '../rollout/model/events.ts'
import type { Percents } from '../rollout/model/outcome.ts'
import { percentsOf } from '../rollout/model/percents.ts'

/** A stretch of a run, in the order of time. Milliseconds since the run began. */
export type RampSpan = {
  kind: 'preflight' | 'write' | 'check' | 'settle' | 'watch' | 'restore' | 'restore-check'
  startMs: number
  endMs: number
  /** What is written, checked, watched or restored; undefined for the others. */
  weights: Percents | undefined
  /** How a check, a settle or a watch ended; undefined where it was cut short, and for the others. */
  ended: string | undefined
}

/** Takes the run's events with their times, and keeps the stretches that they make, a few for each step. */
export function startRamp(): { spans: RampSpan[]; take: (event: RunEvent, atMs: number) => void } {
  const spans: RampSpan[] = []
  let open: RampSpan | undefined

  function begin(kind: RampSpan['kind'], startMs: number, weights?: Percents): void {
    end(startMs)
    open = { kind, startMs, endMs: startMs, weights, ended: undefined }
    spans.push(open)
  }

  function end(atMs: number, ended?: string): void {
    if (open) Object.assign(open, { endMs: atMs, ended })
    open = undefined
  }

  function take(event: RunEvent, atMs: number): void {
    switch (event.kind) {
      case 'started':
        begin('preflight', atMs)
        break
      case 'written':
        begin('write', atMs - event.tookMs, event.weights)
        begin('check', atMs, event.weights)
        break
      case 'attempt-started':
        // After a write the check has begun already.
        if (open?.kind === 'preflight')
          begin('check', atMs, percentsOf(event.check.names, event.check.target))
        break
      case 'settling':
        if (open?.kind === 'settle') break
        // Its split is confirmed.
        end(atMs, 'pass')
        begin('settle', atMs, percentsOf(event.check.names, event.check.target))
        break
      case 'check-ended':
        end(atMs, event.check.ended)
        break
      case 'watching':
        if (open?.kind !== 'watch')
          begin('watch', atMs, percentsOf(event.check.names, event.check.target))
        if (event.now.ended !== undefined) end(atMs, event.now.ended)
        break
      case 'restoring':
        begin('restore', atMs, event.weights)
        break
      case 'restored':
        begin('restore-check', atMs, event.weights)
        break
      case 'finished':
        end(atMs)
    }
  }
  return { spans, take }
}
