import type { EvidenceSample } from '../../evidence/evidence-source.ts'
import { pause } from '../../kube/pause.ts'
import type { CheckMachine } from '../../split/check/check-machine.ts'
import type { CheckTask } from './check-task.ts'
import { type NotedErrors, startErrors } from './observed-replies.ts'

/** Samples by destination before an attempt, and their errors. */
export type BeforeAttempt = { counts: readonly number[]; errors: NotedErrors }

/**
 * Takes a few samples between a write and the first attempt. They date the moment at which the gateway switches, and
 * how long the first attempt waits for it. Resolves when it begins, to the number of samples by destination.
 */
export async function sampleUntilSwitch(
  task: CheckTask,
  machine: CheckMachine,
): Promise<BeforeAttempt> {
  const { check, source, nowMs, signal } = task
  const counts = check.names.map(() => 0)
  const errors = startErrors(check.names.length)
  let samples = 0
  let moved = new AbortController()
  const take = (sample: EvidenceSample) => {
    samples += 1
    if (sample.kind === 'counts' || sample.classified.kind === 'client-limit') return
    const { destination, classified } = sample
    if (destination !== undefined) counts[destination] = (counts[destination] ?? 0) + 1
    errors.note(classified)
    if (machine.observe(sample)) moved.abort()
  }
  const first = machine.next(nowMs())
  const isSampling = first.kind === 'await-switch' && first.samplesPerSecond > 0
  const sampling = isSampling
    ? source.start({ samplesPerSecond: first.samplesPerSecond }, take)
    : undefined
  const unlisten = task.proxies?.onKnown(() => moved.abort())
  for (;;) {
    const step = signal.aborted ? undefined : machine.next(nowMs())
    if (step?.kind !== 'await-switch') break
    moved = new AbortController()
    await pause(step.untilMs - nowMs(), AbortSignal.any([signal, moved.signal]))
  }
  unlisten?.()
  sampling?.stop()
  task.emit({ kind: 'awaited-switch', samples })
  return { counts, errors: errors.noted }
}
