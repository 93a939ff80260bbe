import type { Options } from '../../options/options.ts'
import type { RawOptions } from '../../options/reader.ts'
import type { CommentAbout } from '../../report/summary/comment.ts'

/** What the comment of a run is known by, and the input `github-token`. */
export type WantedComment = { about: CommentAbout; token: string | undefined }

/** undefined: the summary is not to be a comment. */
export function wantedComment(
  { comment, object, githubToken: token }: Pick<Options, 'comment' | 'object' | 'githubToken'>,
  raw: RawOptions,
): WantedComment | undefined {
  // As it was given: a run that does not find the rule edits the same comment.
  const about = { ...object, route: raw('route')?.trim() ?? '' }
  return comment ? { about, token } : undefined
}
