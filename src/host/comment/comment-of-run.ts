import { commentText } from '../../report/summary/comment.ts'
import { summaryOf } from '../../report/summary/summary.ts'
import type { Executed } from '../run-and-report.ts'
import { type CommentHost, writeComment } from './write-comment.ts'

/** Writes the summary of a run as a comment, where that is asked for. Never rejects. */
export async function commentOfRun(
  { comment, outcome, record }: Executed,
  host: CommentHost,
): Promise<void> {
  if (comment === undefined) return
  const text = commentText((most) => host.redact(summaryOf(record, outcome, most)))
  await writeComment({ ...comment, text }, host)
}
