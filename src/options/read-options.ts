import { checkTogether } from './check-together.ts'
import { readClusters } from './groups/clusters.ts'
import { readEvidence } from './groups/evidence.ts'
import { readHealth } from './groups/health.ts'
import { readJobOptions } from './groups/job.ts'
import { readLimits } from './groups/limits.ts'
import { readMetrics } from './groups/metrics.ts'
import { MODE, readObject } from './groups/object.ts'
import { readOutput } from './groups/output.ts'
import { readProbeOptions } from './groups/probe.ts'
import { readWeightOptions } from './groups/weights.ts'
import type { InputProblem } from './input-problem.ts'
import type { Options } from './options.ts'
import { type RawOptions, startReading } from './reader.ts'
import { withoutUnsuited } from './unsuited.ts'

type ReadOptions = {
  options: Options
  problems: InputProblem[]
  /** Whether the mode of the options is the one that was asked for. */
  isModeKnown: boolean
}

/**
 * Turns the texts of all options into `Options`, and reports everything that is wrong with them at once. If there are
 * problems, the options must not be used. Reads no file and makes no call.
 */
export function readOptions(raw: RawOptions): ReadOptions {
  // The mode decides how the other inputs are read.
  const first = startReading(raw)
  const mode = first.withDefault(MODE)
  const isKnown = first.problems.length === 0
  const suited = withoutUnsuited(raw, mode)
  const reader = startReading(suited.raw)
  reader.problems.push(...first.problems, ...suited.problems)
  const object = readObject(reader)
  const hasManifest = object.manifest !== undefined
  const probing = mode === 'verify' || (mode === 'shift' && !hasManifest)
  const editsFile = hasManifest && (mode === 'shift' || mode === 'plan')
  const job = readJobOptions(reader)
  const options: Options = {
    mode,
    ...object,
    ...readWeightOptions(reader, mode),
    ...readEvidence(reader, probing),
    ...readProbeOptions(reader, probing, job.job.pods),
    ...job,
    ...readHealth(reader),
    ...readMetrics(reader),
    ...readLimits(reader),
    ...readClusters(reader, !editsFile),
    ...readOutput(reader),
  }
  checkTogether(reader, options)
  const problems = isKnown ? reader.problems : reader.problems.filter(isOfEveryMode)
  return { options, problems, isModeKnown: isKnown }
}

/** Which inputs a run needs, and which it cannot combine, depends on its mode, except for the object. */
function isOfEveryMode({ input, code }: InputProblem): boolean {
  return (
    input === 'namespace' ||
    input === 'object' ||
    input === 'virtual-service' ||
    (code !== 'ITS-INPUT-REQUIRED' && code !== 'ITS-INPUTS-CONFLICT')
  )
}
