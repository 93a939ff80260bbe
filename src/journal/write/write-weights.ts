import { ApiError } from '../../kube/api-error.ts'
import { stopFor, stopForWrite } from '../../kube/api-problem.ts'
import { pause } from '../../kube/pause.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { differInVersionOnly, readAfterWrite } from './read-after-write.ts'
import { sendWrite, type Write } from './send-write.ts'
import { fencedOff, perhapsRestored } from './write-conflict.ts'
import { ATTEMPTS, isOldRead, isStale, isUnclear, pauseAfterOldReadMs } from './write-error.ts'

/** `isPending`: the write may have been stored, or may be stored yet. */
export type WriteEnd =
  | { ok: true; object: RouteObject }
  | { ok: false; stop: Error; isPending: boolean }

/**
 * Writes the weights. Where another write came in between, the write is repeated on what is there then, as long
 * as weights, journal and identity are what they were. Where the answer was lost, the journal on the object says
 * whether the write was stored.
 */
export async function writeWeights(first: Write, signal: AbortSignal): Promise<WriteEnd> {
  let write = first
  let isPending = false
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    const sent = await sendWrite(write, { dryRun: false }, signal).catch((error: unknown) => ({
      error,
    }))
    if (!('error' in sent)) return { ok: true, object: sent }
    isPending ||= !(sent.error instanceof ApiError) || sent.error.mayHaveLanded
    const next = await afterError({ write, attemptNumber, isPending }, sent.error, signal)
    if ('object' in next) return { ok: true, object: next.object }
    if ('stop' in next) return { ok: false, stop: next.stop, isPending }
    write = next.write
    if (next.pauseMs > 0) await pause(next.pauseMs, signal)
  }
}

/** A write that failed, and how often it was sent. */
type Failed = { write: Write; attemptNumber: number; isPending: boolean }

/** What follows: it was stored as `object`, it cannot go on, or another attempt. */
type Next = { object: RouteObject } | { stop: Error } | { write: Write; pauseMs: number }

async function afterError(
  { write, attemptNumber, isPending }: Failed,
  error: unknown,
  signal: AbortSignal,
): Promise<Next> {
  if (!isUnclear(error) || signal.aborted)
    return { stop: await stopForWrite(error, { ...write, doing: 'the write' }, signal) }
  const now = await readAfterWrite(write, error, signal).catch((stop: Error) => ({ stop }))
  if ('stop' in now || now.landed) return now
  const { object, rule } = now
  if (attemptNumber < ATTEMPTS && isOldRead(error, write.object, object))
    return { write, pauseMs: pauseAfterOldReadMs(attemptNumber) }
  if (attemptNumber === ATTEMPTS || !isStale(error, write.object, object))
    return { stop: stopFor(error, 'the write') }
  if (differInVersionOnly(object, write.object)) return { stop: fencedOff(write, object) }
  if (isPending && object.generation !== write.object.generation)
    return { stop: perhapsRestored(write, object) }
  return { write: { ...write, object, rule }, pauseMs: 0 }
}
