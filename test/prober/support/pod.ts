import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import type { NetworkPlace } from '../../../sandbox/jobs/pod-network.ts'
import { decodeLine, type PodEvent, type PodResult } from '../../../src/evidence/jobs/job-log.ts'
import { planText } from '../../../src/evidence/jobs/plan-text.ts'
import type { ProbePlan } from '../../../src/evidence/jobs/probe-plan.ts'
import { proberScript } from '../../../src/evidence/jobs/prober-script.ts'
import type { Classified } from '../../../src/evidence/probe/classify.ts'

/** What a Pod wrote, and with which status it ended. */
export type PodRun = {
  text: string
  events: readonly PodEvent[]
  status: number | null
  launchesMs: readonly number[]
  results: readonly PodResult[]
  /** How each sample ended, in the order of launch. */
  classified: readonly (Classified | undefined)[]
  /** The values of the stamp header, in the order of launch. */
  stamps: readonly (string | null | undefined)[]
}

export type RunningPod = {
  process: ChildProcess
  /** Resolves as soon as the Pod has written an event of this kind. */
  wrote(kind: PodEvent['kind']): Promise<void>
  ended: Promise<PodRun>
}

const CAPTURE = new URL('../../../sandbox/jobs/capture.mjs', import.meta.url).href

/** Runs the script as the container of a Pod does. `network`: ports of the Pod that lead to other ones of this machine. */
export function startPod(
  plan: ProbePlan | string,
  network: readonly NetworkPlace[] = [],
): RunningPod {
  const argument = typeof plan === 'string' ? plan : planText(plan)
  const child = spawn(process.execPath, ['--eval', proberScript(), argument], {
    env: {
      PATH: process.env.PATH,
      ...(network.length === 0
        ? {}
        : { NODE_OPTIONS: `--import ${CAPTURE}`, SANDBOX_NETWORK: JSON.stringify(network) }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const waiting: { kind: string; found: () => void }[] = []
  const look = () => {
    for (const { kind, found } of waiting)
      if (eventsIn(text).some((event) => event.kind === kind)) found()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    look()
  })
  return {
    process: child,
    wrote: (kind) =>
      new Promise((found) => {
        waiting.push({ kind, found })
        look()
      }),
    ended: new Promise((resolve) =>
      child.once('close', (status) => resolve({ text, status, ...read(eventsIn(text)) })),
    ),
  }
}

/** Each complete line. Throws where one is not of this log, or not the next one. */
function eventsIn(text: string): PodEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const decoded = decodeLine(line)
      if (decoded?.number !== index) throw new Error(`line ${index} is ${line}`)
      return decoded.event
    })
}

/** Throws where a result comes before its launch, or an outcome after the first result that has it. */
function read(events: readonly PodEvent[]): Omit<PodRun, 'text' | 'status'> {
  const outcomes: { classified: Classified; stamp?: string | null }[] = []
  const launchesMs: number[] = []
  const results: PodResult[] = []
  for (const event of events) {
    if (event.kind === 'outcome') outcomes[event.id] = event
    if (event.kind !== 'samples') continue
    launchesMs.push(...event.launchesMs)
    results.push(...event.results)
    if (results.length > launchesMs.length) throw new Error('a result without a launch')
    for (const { outcome } of event.results)
      if (outcomes[outcome] === undefined) throw new Error(`outcome ${outcome} is not in the log`)
  }
  return {
    events,
    launchesMs,
    results,
    classified: results.map(({ outcome }) => outcomes[outcome]?.classified),
    stamps: results.map(({ outcome }) => outcomes[outcome]?.stamp),
  }
}
