import { type JsonObject, numberAt, objectsAt, textAt } from '../../kube/json.ts'
import { Aborted } from '../../problem/aborted.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import { findingLines, type LogLine } from '../../report/log/log-line.ts'
import { type CommentAbout, commentMarker } from '../../report/summary/comment.ts'
import type { Host } from '../host.ts'
import type { CancelClock } from './cancel-clock.ts'
import { type GitHub, GitHubError, openGitHub } from './github-api.ts'
import { type Origin, originOf } from './pull-request.ts'
import { putComment } from './put-comment.ts'

/** How long all of it may take. */
const LIMIT_MS = 20_000
const TOO_LONG = { kind: 'time-limit', ms: LIMIT_MS } as const
/** The runner sends its second signal 7.5 s after the first one, and kills soon after that. */
const AFTER_CANCEL_MS = 7500

export type CommentHost = Pick<Host, 'environment' | 'redact' | 'onSecret'> & {
  print: (line: LogLine) => void
  sinceCancelMs: CancelClock
}

type Comment = {
  about: CommentAbout
  text: string
  /** The input `github-token`. */
  token: string | undefined
}

/**
 * Writes the comment on the pull request of the workflow run, when everything else is done. Never rejects: what goes
 * wrong is a warning, and changes no verdict.
 */
export async function writeComment(comment: Comment, host: CommentHost): Promise<void> {
  const { environment, redact, onSecret, print } = host
  const token = comment.token ?? environment.GITHUB_TOKEN
  if (token) onSecret(token)
  const origin = originOf(environment)
  const { GITHUB_API_URL: url = 'https://api.github.com', GITHUB_GRAPHQL_URL } = environment
  const warn = (problem: Problem) => {
    for (const line of findingLines(problem)) print(line)
  }
  if (origin === undefined || !URL.canParse(url)) return warn(noWorkflow())
  if (!token) return warn(noToken())
  if (!/^[!-~]+$/.test(token)) return warn(unusableToken())
  const { signal, leftMs, stop } = startLimit(host.sinceCancelMs)
  try {
    const github = openGitHub({ url, graphqlUrl: GITHUB_GRAPHQL_URL, token, redact, signal })
    const number = origin.number ?? (await numberOf(github, origin))
    if (number === undefined) return warn(noPullRequest())
    const place = { repository: origin.repository, number, marker: commentMarker(comment.about) }
    const address = await putComment(github, place, comment.text, { leftMs, signal })
    print({
      level: 'info',
      text: `Comment: ${address === '' ? `pull request ${number}` : address}`,
    })
  } catch (error) {
    warn(notWritten(error, origin, new URL(url).host))
  } finally {
    stop()
  }
}

/** The time that is left, and a signal that it is over. It gets shorter when a signal comes. */
function startLimit(sinceCancelMs: CancelClock) {
  const startMs = performance.now()
  const limit = new AbortController()
  const leftMs = () => {
    const left = LIMIT_MS - (performance.now() - startMs)
    return Math.min(left, AFTER_CANCEL_MS - (sinceCancelMs() ?? 0))
  }
  const look = () => {
    if (leftMs() > 0) return
    const isCancelled = sinceCancelMs() !== undefined
    limit.abort(new Aborted(isCancelled ? { kind: 'cancelled' } : TOO_LONG))
  }
  look()
  const timer = setInterval(look, 100)
  return { signal: limit.signal, leftMs, stop: () => clearInterval(timer) }
}

/** By the commit: the open pull request whose head it is, else the one that brought it into the branch. */
async function numberOf(
  github: GitHub,
  { repository, commit, head }: Origin,
): Promise<number | undefined> {
  const pulls = `/repos/${repository}`
  const ofHead =
    head === undefined
      ? []
      : await listOf(github, `${pulls}/pulls?state=open&head=${encodeURIComponent(head)}`)
  const own = ofHead.find((one) => textAt(one, 'head', 'sha') === commit)
  if (own !== undefined || commit === undefined) return numberAt(own, 'number')
  const all = await listOf(github, `${pulls}/commits/${commit}/pulls`)
  // GitHub also lists those that have the commit below their heads.
  const open = all.find(
    (one) => textAt(one, 'state') === 'open' && textAt(one, 'head', 'sha') === commit,
  )
  const merged = all.find((one) => textAt(one, 'merged_at') !== undefined)
  return numberAt(open ?? merged, 'number')
}

async function listOf(github: GitHub, path: string): Promise<JsonObject[]> {
  try {
    return objectsAt((await github.call('GET', path)).body)
  } catch (error) {
    // The repository does not have this commit.
    if (error instanceof GitHubError && error.status === 422) return []
    throw error
  }
}

function noWorkflow(): Problem {
  return warning(
    'ITS-COMMENT-NO-PULL-REQUEST',
    'The summary was not written as a comment, because this is not a GitHub Actions workflow run: GITHUB_REPOSITORY and GITHUB_API_URL do not name a repository.',
    'Leave out comment here. For a file with the summary, use report.',
  )
}

function noPullRequest(): Problem {
  return warning(
    'ITS-COMMENT-NO-PULL-REQUEST',
    'The summary was not written as a comment, because this workflow run has no pull request: its event does not name one, and its commit is not in one.',
    '',
  )
}

function noToken(): Problem {
  return warning(
    'ITS-COMMENT-NOT-WRITTEN',
    'The summary was not written as a comment, because there is no GitHub token.',
    'Set github-token, or the variable GITHUB_TOKEN.',
  )
}

function unusableToken(): Problem {
  return warning(
    'ITS-COMMENT-NOT-WRITTEN',
    'The summary was not written as a comment, because the token has a space, a line break or a character that is not ASCII.',
    'Check github-token, or the variable GITHUB_TOKEN.',
  )
}

function notWritten(error: unknown, { readOnly }: Origin, server: string): Problem {
  const why = error instanceof Error ? error.message : String(error)
  const status = error instanceof GitHubError ? error.status : undefined
  const again = error instanceof GitHubError ? error.againMs : undefined
  const isDenied = (status === 403 && again === undefined) || status === 404
  const remedy = isDenied ? (readOnly ? READ_ONLY[readOnly] : GRANT) : ''
  return warning(
    'ITS-COMMENT-NOT-WRITTEN',
    `The summary was not written as a comment. ${sentence(capitalized(`${server} ${why}`))}`,
    status === 401 ? NEW_TOKEN : remedy,
  )
}

const NEW_TOKEN =
  'Check github-token, or the variable GITHUB_TOKEN. The token is for another server, is wrong, or has expired.'

const GRANT =
  'Grant the token of the job the permission to write comments, if it lacks that:\n  permissions:\n    contents: read\n    pull-requests: write'

const READ_ONLY = {
  fork: 'A workflow run for a pull request from a fork has a read-only token, whatever permissions grants. A workflow with the event workflow_run can write the comment.',
  dependabot:
    'A workflow run that Dependabot starts has a read-only token, unless the permissions of the workflow grant pull-requests: write.',
}
