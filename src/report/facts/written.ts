import type { Outcome } from '../../rollout/model/outcome.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'

/** Whether the run left the object, or the file, as it was: no write was sent. */
export function nothingWritten(
  { options, manifest, ramp }: Pick<RunRecord, 'options' | 'manifest' | 'ramp'>,
  { untouched, verdict, reason }: Outcome,
): boolean {
  if (untouched !== undefined) return true
  if (options?.mode === 'plan' || options?.mode === 'verify' || options?.mode === 'status')
    return true
  if (manifest !== undefined) return reason !== 'edited'
  if (reason === 'nothing-to-restore') return true
  return verdict === 'pass' && !ramp.some(({ kind }) => kind === 'write')
}

/** The stretch in which other weights than those from before the run were in force. Milliseconds since the run began. */
export type InForce = { fromMs: number; toMs: number | undefined }

/** undefined where this run wrote nothing; without an end where the weights were not restored. */
export function inForce(ramp: readonly RampSpan[]): InForce | undefined {
  const first = ramp.find(({ kind }) => kind === 'write')
  if (first === undefined) return undefined
  const restored = ramp.find(({ kind }) => kind === 'restore-check')
  return { fromMs: first.endMs, toMs: restored?.startMs }
}
