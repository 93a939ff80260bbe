import { withPem } from '../../evidence/probe/tls/read-pem.ts'
import { completed } from '../../options/input-problem.ts'
import { readOptions } from '../../options/read-options.ts'
import type { RawOptions } from '../../options/reader.ts'
import { startOwnJobs } from '../../rollout/jobs/own-jobs.ts'
import type { Clusters, Context } from '../../rollout/model/context.ts'
import { endFor, type InitTask } from '../init-task.ts'

/** The inputs of a step by their names, in the order in which people read them. */
export type Inputs = Readonly<Record<string, string>>

/** Options with others in front of them. */
export function withInputs(raw: RawOptions, inputs: Inputs): RawOptions {
  return (name) => (Object.hasOwn(inputs, name) ? inputs[name] : raw(name))
}

/** What functions of a run need, for options of which a part is not decided yet. Nothing that it holds writes. */
export function contextFor(
  task: InitTask,
  clusters: Clusters,
  raw: RawOptions,
  ends: (() => void)[],
): Context {
  const preset = { mode: 'plan', subset: 'any', weight: '1' }
  const read = readOptions((name) =>
    name === 'mode' ? 'plan' : (raw(name) ?? preset[name as keyof typeof preset]),
  )
  const probe = withPem(read.options.probe, task.onSecret)
  const problems = [
    ...read.problems.map((one) => completed(one, task.redact)),
    ...(probe.ok ? [] : probe.problems),
  ]
  if (problems.length > 0 || !probe.ok) throw endFor(problems)
  const { workloads } = clusters
  return {
    ...clusters,
    options: { ...read.options, probe: probe.value },
    emit: () => undefined,
    redact: task.redact,
    nowMs: () => performance.now(),
    environment: task.environment,
    cancelled: task.cancelled,
    atEnd: (close) => ends.push(close),
    jobs: startOwnJobs({ workloads, saveJobs: undefined, endsMs: 0, script: () => '' }),
    run: { id: 'init', attempt: 1, owner: '', by: '' },
    saveIntent: () => undefined,
  }
}
