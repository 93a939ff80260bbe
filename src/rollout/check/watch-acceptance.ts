import { readObject } from '../../journal/read-object.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { pause } from '../../kube/pause.ts'
import { RunError } from '../../problem/run-error.ts'
import { kindOf, kubectlType } from '../../routes/kinds.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'
import { objectOf } from '../object-of.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'

/** Between two reads, in milliseconds: from the first to the last it doubles. A controller needs a few of them. */
const PAUSE_MS = { first: 100, last: 2000 }

export type AcceptanceWatch = {
  /** Aborts with the given signal, and where a controller refuses the object. */
  signal: AbortSignal
  /** Ends the watch. Resolves to the error where a controller has refused the object. */
  stop: () => Promise<RunError | undefined>
}

/**
 * Reads the object again while a check samples, to end it at once where a controller refuses what was written. Kinds
 * without such a status are not read, nor is the object of a run that does not write. A read that fails says nothing, and that a controller accepts the object confirms
 * nothing: proxies may refuse it all the same.
 */
export function watchAcceptance(
  context: Context,
  { object, write }: Pick<ShiftPlan, 'object' | 'write'>,
  signal: AbortSignal,
): AcceptanceWatch {
  const { rejection } = kindOf(object)
  if (write === undefined || rejection === undefined) return { signal, stop: async () => undefined }
  const over = new AbortController()
  const watching = AbortSignal.any([signal, over.signal])
  let rejected: RunError | undefined
  const watch = async () => {
    for (let ms = PAUSE_MS.first; !watching.aborted; ms = Math.min(2 * ms, PAUSE_MS.last)) {
      await pause(ms, watching)
      const now = await readObject(objectOf(context), watching).catch(() => undefined)
      const why = now?.object.uid === object.uid ? rejection(now.object) : undefined
      if (why === undefined) continue
      rejected = rejectedError(context, object, why)
      over.abort()
    }
  }
  const done = watch()
  return {
    signal: watching,
    stop: async () => {
      over.abort()
      await done
      return rejected
    },
  }
}

function rejectedError({ api }: Context, object: RouteObject, why: string): RunError {
  return new RunError(
    'ITS-ROUTE-REJECTED',
    `${object.kind} ${object.namespace}/${object.name} with the new weights was not accepted: ${why}.`,
    `Look at its status:\n  ${kubectl(api, object.namespace)} get ${kubectlType(object)} ${object.name} --output 'jsonpath={.status.parents}'`,
  )
}
