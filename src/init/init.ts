import { ApiError } from '../kube/api-error.ts'
import { stopFor } from '../kube/api-problem.ts'
import type { Problem } from '../problem/problem.ts'
import { RunError } from '../problem/run-error.ts'
import { initOn } from './init-on.ts'
import { InitEnd, type InitTask } from './init-task.ts'
import type { InitWords } from './init-words.ts'

/** Looks at a cluster and proposes a step for it. Returns the exit status. Writes nothing to the cluster. */
export async function init(task: InitTask, words: InitWords): Promise<number> {
  const ends: (() => void)[] = []
  try {
    await initOn(task, words, ends)
    return 0
  } catch (error) {
    return ended(task, task.cancelled.aborted ? new InitEnd(130) : endOf(error))
  } finally {
    for (const end of ends) end()
  }
}

function endOf(error: unknown): InitEnd {
  if (error instanceof InitEnd) return error
  const known = error instanceof ApiError ? stopFor(error, 'reading from the cluster') : error
  if (!(known instanceof RunError)) throw error
  return new InitEnd(known.reason === 'input' ? 2 : 4, known.problems)
}

function ended(task: InitTask, { status, problems }: InitEnd): number {
  if (status === 130) task.say('Cancelled. Nothing was written.')
  for (const one of problems) task.say(problemText(one))
  return status
}

function problemText({ code, what, remedy }: Problem): string {
  return [`${what} (${code})`, ...(remedy === '' ? [] : [remedy])].join('\n')
}
