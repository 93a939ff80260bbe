import { probeOfPlan } from '../../src/evidence/jobs/plan-probe.ts'
import type { ProbePlan } from '../../src/evidence/jobs/probe-plan.ts'
import { type LogWriter, startLog } from '../../src/prober/log-writer.ts'
import { sample } from '../../src/prober/sample.ts'
import { writeOut } from '../../src/prober/write-out.ts'

/**
 * Takes the samples of each plan that it gets, and sends how long that took. What the parent reads from its standard output
 * is the log of a Pod. Usage: pod-client.ts log|bare
 */

/** What a round took: milliseconds, and of processor time. */
export type Round = { tookMs: number; cpuMs: number }

const NO_LOG: LogWriter = {
  add: () => undefined,
  launched: () => undefined,
  ended: () => undefined,
  end: async () => undefined,
}

function openLog(): LogWriter {
  if (process.argv[2] !== 'log') return NO_LOG
  const nowMs = () => performance.now()
  return startLog({ write: writeOut, nowMs, onBroken: () => process.exit(1) })
}

async function round(plan: ProbePlan): Promise<Round> {
  const log = openLog()
  const probe = probeOfPlan(plan.probe, undefined)
  const { signal } = new AbortController()
  const startedMs = performance.now()
  const before = process.cpuUsage()
  const { addresses } = plan.target
  const redact = (text: string) => text
  const why = await sample({ plan, probe, addresses, redact, log, signal })
  await log.end({ kind: 'ended', why })
  const { user, system } = process.cpuUsage(before)
  return { tookMs: performance.now() - startedMs, cpuMs: (user + system) / 1000 }
}

process.on('message', (plan: ProbePlan) => {
  round(plan).then((took) => process.send?.(took))
})
process.on('disconnect', () => process.exit(0))
