import { isObject, type Json, numberAt, textAt } from '../../kube/json.ts'
import { pause } from '../../kube/pause.ts'
import { type GitHub, GitHubError, isNot } from './github-api.ts'

/** Where the comment goes, and what it is known by. */
export type CommentPlace = {
  /** `owner/name`. */
  repository: string
  number: number
  /** The first line of the comment. */
  marker: string
}

const TRIES = 3
const PAUSES_MS = [1000, 2000]

/**
 * Edits the comment of this token's own user that begins with the marker, or creates it. After a failure that may pass, all of
 * it is done again: an answer that was lost may have been that to a creation. Resolves to the address of the comment. Fails
 * with a GitHubError.
 */
export async function putComment(
  github: GitHub,
  place: CommentPlace,
  text: string,
  { leftMs, signal }: { leftMs: () => number; signal: AbortSignal },
): Promise<string> {
  const body = `${place.marker}\n${text}`
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await putOnce(github, place, body)
    } catch (error) {
      const asked = error instanceof GitHubError ? error.againMs : undefined
      const waitMs = Math.max(asked ?? 0, PAUSES_MS[attempt - 1] ?? 0)
      if (asked === undefined || attempt === TRIES || waitMs >= leftMs()) throw error
      await pause(waitMs, signal)
      if (signal.aborted) throw error
    }
  }
}

async function putOnce(
  github: GitHub,
  { repository, number, marker }: CommentPlace,
  body: string,
): Promise<string> {
  const issues = `/repos/${repository}/issues`
  const found = await findOwn(github, `${issues}/${number}/comments`, marker)
  if (found !== undefined) {
    const edited = await github
      .call('PATCH', `${issues}/comments/${found}`, { body })
      .catch((error: unknown) => {
        // It was deleted since.
        if (!(error instanceof GitHubError) || error.status !== 404) throw error
        return undefined
      })
    if (edited !== undefined) return addressIn(edited.body)
  }
  const created = await github.call('POST', `${issues}/${number}/comments`, { body })
  return addressIn(created.body)
}

function addressIn(comment: Json): string {
  if (numberAt(comment, 'id') === undefined) throw isNot('a comment')
  return textAt(comment, 'html_url') ?? ''
}

/**
 * The id of the comment. The marker alone does not make it one of ours: anyone may quote it, and a token that may write can
 * edit the comments of others too. So its author must be the user of the token.
 */
async function findOwn(github: GitHub, path: string, marker: string): Promise<number | undefined> {
  let page: string | undefined = `${path}?per_page=100`
  let viewer: string | undefined
  while (page !== undefined) {
    const { body, next } = await github.call('GET', page)
    // Without the list, a second comment could be created beside the first.
    if (!Array.isArray(body)) throw isNot('a list of comments')
    const marked = body.filter((one) => isMarked(one, marker))
    if (marked.length > 0) viewer ??= await viewerOf(github)
    const own = marked.find((one) => textAt(one, 'user', 'login') === viewer)
    if (own !== undefined) return numberAt(own, 'id')
    page = next
  }
  return undefined
}

function isMarked(comment: Json, marker: string): boolean {
  return isObject(comment) && (textAt(comment, 'body') ?? '').startsWith(marker)
}

/**
 * Whose the token is. That of a workflow run is of an app (`github-actions[bot]`), which REST does not tell. Servers that only
 * speak REST, such as Gitea, do tell.
 */
async function viewerOf(github: GitHub): Promise<string> {
  const asked = await github.query('query { viewer { login } }').catch((error: unknown) => {
    if (!(error instanceof GitHubError) || error.status !== 404) throw error
    return undefined
  })
  const login =
    asked === undefined
      ? textAt((await github.call('GET', '/user')).body, 'login')
      : textAt(asked.body, 'data', 'viewer', 'login')
  if (login === undefined)
    throw new GitHubError('does not name the user of the token', 200, undefined)
  return login
}
