import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Json, parseJson, textAt } from '../../sandbox/objects/json.ts'

/** A comment as the stand-in keeps it. */
export type StandInComment = { id: number; number: number; login: string; body: string }

type Answer = { status: number; headers?: Readonly<Record<string, string>>; body: Json }

export type StandInRequest = { method: string; path: string; body: Json }

/** What a request gets in place of its answer; undefined: its answer. `hang`: none. */
export type Fault = (request: StandInRequest) => Answer | 'hang' | undefined

/**
 * The part of GitHub's API that comments need, as its documentation describes it: comments in pages, who a token is of, and
 * the pull requests of a commit.
 */
export type GitHubStandIn = {
  /** For GITHUB_API_URL. */
  url: string
  comments: StandInComment[]
  /** By commit, and by `owner:branch` of their heads. */
  pulls: Map<string, Json[]>
  requests: StandInRequest[]
  /** Faults come first, in the order in which they were ordered; each ends after as many `times`. */
  order(fault: Fault, times?: number): void
  /** Takes the right to write from all tokens, as in the pull request of a fork. */
  readOnly(): void
  stop(): Promise<void>
}

/** The token of a workflow run, which is that of an app: GET /user refuses it. */
export const WORKFLOW_TOKEN = 'ghs_workflow-token'
/** Who each token is of. */
export const TOKENS: Readonly<Record<string, string>> = {
  [WORKFLOW_TOKEN]: 'github-actions[bot]',
  'ghp_personal-token': 'octocat',
}
export const REPOSITORY = 'owner/repository'
/** Characters of a comment. */
const MOST = 65_536
const ISSUES = `/repos/${REPOSITORY}/issues`

export async function startGitHub({ graphql = true } = {}): Promise<GitHubStandIn> {
  const comments: StandInComment[] = []
  const pulls = new Map<string, Json[]>()
  const requests: StandInRequest[] = []
  const faults: { fault: Fault; left: number }[] = []
  let mayWrite = true
  let made = 1000

  function answer({ method, path, body }: StandInRequest, token: string): Answer {
    const login = TOKENS[token]
    if (login === undefined) return refusal(401, 'Bad credentials')
    const { pathname, searchParams } = new URL(path, url)
    if (pathname === '/graphql' || pathname === '/user') return viewer(pathname, login)
    const found = pullsAt(pathname, searchParams)
    if (found !== undefined) return found
    if (method === 'GET') return listed(pathname, searchParams)
    if (!mayWrite) return refusal(403, 'Resource not accessible by integration')
    const text = textAt(body, 'body') ?? ''
    if (text.length > MOST)
      return refusal(422, 'Validation Failed: body is too long (maximum is 65536 characters)')
    return method === 'POST' ? created(pathname, login, text) : edited(pathname, text)
  }

  function pullsAt(pathname: string, query: URLSearchParams): Answer | undefined {
    const [, commit] = /\/commits\/(\w+)\/pulls$/.exec(pathname) ?? []
    if (commit === undefined)
      return pathname.endsWith('/pulls')
        ? { status: 200, body: pulls.get(query.get('head') ?? '') ?? [] }
        : undefined
    const known = pulls.get(commit)
    return known === undefined
      ? refusal(422, `No commit found for SHA: ${commit}`)
      : { status: 200, body: known }
  }

  function viewer(pathname: string, login: string): Answer {
    if (pathname === '/user')
      return login.endsWith('[bot]') && graphql
        ? refusal(403, 'Resource not accessible by integration')
        : { status: 200, body: { login } }
    return graphql
      ? { status: 200, body: { data: { viewer: { login } } } }
      : refusal(404, 'Not Found')
  }

  function listed(pathname: string, query: URLSearchParams): Answer {
    const number = numberIn(pathname)
    if (number === undefined) return refusal(404, 'Not Found')
    const all = comments.filter((one) => one.number === number)
    const size = Number(query.get('per_page') ?? 30)
    const page = Number(query.get('page') ?? 1)
    const more = page * size < all.length
    const next = `<${url}${pathname}?per_page=${size}&page=${page + 1}>; rel="next"`
    const last = `<${url}${pathname}?per_page=${size}&page=${Math.ceil(all.length / size)}>; rel="last"`
    return {
      status: 200,
      headers: more ? { link: `${next}, ${last}` } : {},
      body: all.slice((page - 1) * size, page * size).map(asJson),
    }
  }

  function created(pathname: string, login: string, body: string): Answer {
    const number = numberIn(pathname)
    if (number === undefined) return refusal(404, 'Not Found')
    made += 1
    const comment = { id: made, number, login, body }
    comments.push(comment)
    return { status: 201, body: asJson(comment) }
  }

  /** A token that may write edits the comments of anyone. */
  function edited(pathname: string, body: string): Answer {
    const id = Number(/\/comments\/(\d+)$/.exec(pathname)?.[1])
    const comment = comments.find((one) => one.id === id)
    if (comment === undefined) return refusal(404, 'Not Found')
    comment.body = body
    return { status: 200, body: asJson(comment) }
  }

  const server = http.createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const { method = '', url: path = '', headers } = incoming
    const request = { method, path, body: text === '' ? null : parseJson(text) }
    requests.push(request)
    const ordered = faults.find(({ left }) => left > 0)
    const fault = ordered?.fault(request)
    if (ordered && fault !== undefined) ordered.left -= 1
    if (fault === 'hang') return
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    const { status, headers: more, body } = fault ?? answer(request, token)
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...more })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    comments,
    pulls,
    requests,
    order: (fault, times = 1) => void faults.push({ fault, left: times }),
    readOnly() {
      mayWrite = false
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { message, documentation_url: 'https://docs.github.com/rest' } }
}

function numberIn(pathname: string): number | undefined {
  const [, number] = new RegExp(`^${ISSUES}/(\\d+)/comments$`).exec(pathname) ?? []
  return number === undefined ? undefined : Number(number)
}

function asJson({ id, number, login, body }: StandInComment): Json {
  const html_url = `https://github.com/${REPOSITORY}/pull/${number}#issuecomment-${id}`
  const type = login.endsWith('[bot]') ? 'Bot' : 'User'
  return { id, html_url, body, user: { login, type } }
}
