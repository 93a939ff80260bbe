import { readFileSync } from 'node:fs'
import { probeOfPlan } from '../evidence/jobs/plan-probe.ts'
import { planIn, secretsIn } from '../evidence/jobs/plan-text.ts'
import type { PodEvent } from '../evidence/jobs/pod-event.ts'
import type { PlanSecrets, ProbePlan } from '../evidence/jobs/probe-plan.ts'
import { addressesOf } from './addresses.ts'
import { type LogWriter, startLog } from './log-writer.ts'
import { startRedacting } from './redact.ts'
import { sample } from './sample.ts'
import { endSidecar, waitForSidecar } from './sidecar.ts'
import { writeOut } from './write-out.ts'

type Ended = Extract<PodEvent, { kind: 'ended' }>

/** Does what a plan says, writes it to the log, and ends the process. */
export function runPod(text: string): void {
  const nowMs = () => performance.now()
  const stopping = new AbortController()
  const log = startLog({ write: writeOut, nowMs, onBroken: () => process.exit(1) })
  let isKilled = false
  let mesh: ProbePlan['mesh']

  async function end(ended: Ended): Promise<void> {
    await log.end(ended)
    // Kubernetes ends the sidecar of a Pod that it ends.
    if (mesh !== undefined && !isKilled) await endSidecar()
    process.exit(ended.why === 'done' || ended.why === 'stopped' ? 0 : 1)
  }

  function kill(): void {
    isKilled = true
    stopping.abort()
  }

  log.add({ kind: 'hello', atMs: nowMs() })
  // Process 1 of a container has to end itself on a signal.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, kill)
  process.on('uncaughtException', (error) => void end(failed(error)))
  carryOut(text, log, stopping, (plan) => {
    mesh = plan.mesh
  })
    .catch(failed)
    .then(end)
}

async function carryOut(
  text: string,
  log: LogWriter,
  stopping: AbortController,
  onPlan: (plan: ProbePlan) => void,
): Promise<Ended> {
  const plan = planIn(text)
  onPlan(plan)
  const { signal } = stopping
  setTimeout(() => stopping.abort(), plan.lastsMs)
  const secrets = readSecrets(plan)
  const redact = startRedacting(secrets?.redact ?? [])
  const notReady = await sidecarProblem(plan, log, signal)
  if (notReady !== undefined) return { kind: 'ended', why: 'sidecar-not-ready', message: notReady }
  const addresses = await addressesOf(plan.target, signal)
  const probe = probeOfPlan(plan.probe, secrets)
  return { kind: 'ended', why: await sample({ plan, probe, addresses, redact, log, signal }) }
}

async function sidecarProblem(
  { mesh }: ProbePlan,
  log: LogWriter,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (mesh === undefined) return undefined
  log.add({ kind: 'waiting', for: 'sidecar' })
  return waitForSidecar(mesh.sidecarTimeoutMs, signal)
}

/** An error of JSON repeats a part of the text, which is secret. */
function readSecrets({ secretsFile }: ProbePlan): PlanSecrets | undefined {
  if (secretsFile === undefined) return undefined
  const text = readFileSync(secretsFile, 'utf8')
  try {
    return secretsIn(text)
  } catch {
    throw new Error(`${secretsFile} is not JSON`)
  }
}

function failed(error: unknown): Ended {
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'ended', why: 'failed', message }
}
