import type { Unsettled } from '../../journal/intent.ts'
import { readOutput } from '../../options/groups/output.ts'
import { fromInputs } from '../../options/inputs-of-step.ts'
import { startReading } from '../../options/reader.ts'
import { commentText } from '../../report/summary/comment.ts'
import { wantedComment } from './wanted-comment.ts'
import { type CommentHost, writeComment } from './write-comment.ts'

/** Writes what the cleanup step found as the comment of the run that it follows. Never rejects. */
export async function commentOfPost(
  { kind, namespace, name }: Unsettled,
  summary: string,
  host: CommentHost,
): Promise<void> {
  const raw = fromInputs(host.environment)
  const object = { kind, namespace, name }
  const wanted = wantedComment({ ...readOutput(startReading(raw)), object }, raw)
  if (wanted !== undefined)
    await writeComment({ ...wanted, text: commentText(() => summary) }, host)
}
