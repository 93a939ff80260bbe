import { stopForWrite } from '../../kube/api-problem.ts'
import { pause } from '../../kube/pause.ts'
import { readAfterWrite } from './read-after-write.ts'
import { sendWrite, type Write } from './send-write.ts'
import { type Difference, differenceIn } from './webhook-change.ts'
import { ATTEMPTS, isOfAnother, isOldRead, isStale, pauseAfterOldReadMs } from './write-error.ts'

/** A write that the API server would accept, and how the stored object would differ from what was sent. */
export type Judged = { write: Write; difference: Difference | undefined }

/**
 * Lets the API server, its schema and its webhooks judge the write without storing it. As the write itself, it
 * is repeated where another write came in between. The write that comes back is on the version that was judged.
 */
export async function dryRunWrite(first: Write, signal: AbortSignal): Promise<Judged> {
  let write = first
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    const judged = await judge(write, signal).catch((error: unknown) => ({ error }))
    if (!('error' in judged)) return judged
    const { error } = judged
    const now = isOfAnother(error) && (await readAfterWrite(write, error, signal))
    if (now && !now.landed) {
      const isOld = isOldRead(error, write.object, now.object)
      if (isOld && attemptNumber < ATTEMPTS) {
        await pause(pauseAfterOldReadMs(attemptNumber), signal)
        continue
      }
      if (isStale(error, write.object, now.object) && attemptNumber < ATTEMPTS) {
        write = { ...write, object: now.object, rule: now.rule }
        continue
      }
    }
    throw await stopForWrite(error, { ...write, doing: 'the dry run of the write' }, signal)
  }
}

async function judge(write: Write, signal: AbortSignal): Promise<Judged> {
  const made = await sendWrite(write, { dryRun: true }, signal)
  return { write, difference: differenceIn(made, write.journal) }
}
