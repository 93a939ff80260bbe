import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { pullRequestEvent, workflowRun } from '../../../kit/github/event.ts'
import { type GitHubStandIn, refusal, startGitHub } from '../../../kit/github/stand-in.ts'
import type { Json } from '../../../sandbox/objects/json.ts'
import { writeComment } from '../../../src/host/comment/write-comment.ts'
import type { LogLine } from '../../../src/report/log/log-line.ts'
import { commentMarker } from '../../../src/report/summary/comment.ts'

let github: GitHubStandIn
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(() => github.stop())

const TOKEN = 'ghs_workflow-token'
const ABOUT = { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo', route: '' }
const BOT = 'github-actions[bot]'

type Extras = {
  event?: Json
  variables?: Readonly<Record<string, string>>
  token?: string
  text?: string
  route?: string
  sinceCancelMs?: () => number | undefined
}

/** Writes a comment, and returns what was printed. */
async function write(extras: Extras = {}): Promise<LogLine[]> {
  const {
    event = pullRequestEvent(7),
    variables,
    token = TOKEN,
    text = 'text',
    route = '',
  } = extras
  const { environment, remove } = workflowRun(event, { GITHUB_API_URL: github.url, ...variables })
  onTestFinished(remove)
  const lines: LogLine[] = []
  await writeComment(
    { about: { ...ABOUT, route }, text, token: token === '' ? undefined : token },
    {
      ...{ environment, redact: (said) => said.replaceAll(token || 'none', '***') },
      ...{ onSecret: () => undefined, print: (line) => lines.push(line) },
      sinceCancelMs: extras.sinceCancelMs ?? (() => undefined),
    },
  )
  return lines
}

/** A comment that is there already. */
function add(login: string, body: string, number = 7): void {
  github.comments.push({ id: github.comments.length + 1, number, login, body })
}

function methods(): string[] {
  return github.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)
}

const MARKER = commentMarker(ABOUT)
const COMMENTS = '/repos/owner/repository/issues/7/comments'

describe('the comment of a run', () => {
  test('is created, and edited in place by the next run on the same object and rule', async () => {
    const [line] = await write({ text: 'first' })
    expect(line).toEqual({
      level: 'info',
      text: 'Comment: https://github.com/owner/repository/pull/7#issuecomment-1001',
    })
    await write({ text: 'second' })
    expect(github.comments).toEqual([
      { id: 1001, number: 7, login: BOT, body: `${MARKER}\nsecond` },
    ])
    await write({ text: 'other rule', route: 'http:--><b>' })
    expect(github.comments.map(({ body }) => body.split('\n')[0])).toEqual([
      MARKER,
      '<!-- istio-traffic-shift object=VirtualService/demo/tcp-echo route=http%3A--%3E%3Cb%3E -->',
    ])
  })

  test('is found on any page', async () => {
    for (let count = 0; count < 250; count += 1) add('somebody', `no. ${count}`)
    add(BOT, `${MARKER}\r\nold`)
    await write({ text: 'new' })
    expect(github.comments).toHaveLength(251)
    expect(github.comments.at(-1)?.body).toBe(`${MARKER}\nnew`)
    expect(methods()).toEqual([
      ...Array(3).fill(`GET ${COMMENTS}`),
      'POST /graphql',
      'PATCH /repos/owner/repository/issues/comments/251',
    ])
  })

  test('is never that of another user who quotes the marker, although the token could edit it', async () => {
    add('mallory', `${MARKER}\nhers`)
    add('dependabot[bot]', `${MARKER}\nof another app`)
    await write()
    expect(github.comments.map(({ login, body }) => [login, body.split('\n')[1]])).toEqual([
      ['mallory', 'hers'],
      ['dependabot[bot]', 'of another app'],
      [BOT, 'text'],
    ])
  })

  test('is not one that has the marker in its middle', async () => {
    add(BOT, `Somebody said:\n${MARKER}`)
    await write()
    expect(github.comments).toHaveLength(2)
  })

  test('is that of the user of a personal token', async () => {
    add(BOT, `${MARKER}\nof the app`)
    add('octocat', `${MARKER}\nold`)
    await write({ token: 'ghp_personal-token' })
    expect(github.comments.map(({ body }) => body.split('\n')[1])).toEqual(['of the app', 'text'])
  })

  test('finds its own on a server that speaks no GraphQL', async () => {
    const other = await startGitHub({ graphql: false })
    onTestFinished(() => other.stop())
    for (const text of ['first', 'second'])
      await write({ text, variables: { GITHUB_API_URL: other.url } })
    expect(other.comments.map(({ body }) => body)).toEqual([`${MARKER}\nsecond`])
  })

  test('is found without sending the token to another server that GITHUB_GRAPHQL_URL names', async () => {
    const other = await startGitHub()
    onTestFinished(() => other.stop())
    for (const text of ['first', 'second'])
      await write({ text, variables: { GITHUB_GRAPHQL_URL: `${other.url}/graphql` } })
    expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}\nsecond`])
    expect(other.requests).toEqual([])
  })

  test('is created again where it was deleted between two requests', async () => {
    add(BOT, `${MARKER}\nold`)
    github.order(({ method }) => {
      if (method !== 'PATCH') return undefined
      github.comments.length = 0
      return refusal(404, 'Not Found')
    })
    await write()
    expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}\ntext`])
  })
})

describe('the pull request of a comment', () => {
  const repository = { id: 1 }
  const listed = (number: number, id = 1) => ({ number, base: { repo: { id } } })
  test.each<[string, Json, number]>([
    ['pull_request', pullRequestEvent(7), 7],
    ['issue_comment', { issue: { number: 8, pull_request: { url: 'u' } } }, 8],
    [
      'workflow_run',
      { repository, workflow_run: { pull_requests: [listed(1, 99), listed(9)] } },
      9,
    ],
    ['check_suite', { repository, check_suite: { pull_requests: [listed(10)] } }, 10],
  ])('is that of the event: %s', async (_, event, number) => {
    await write({ event })
    expect(github.comments.map((one) => one.number)).toEqual([number])
  })

  test('is the open one of the commit where the event names none, else the one that was merged', async () => {
    const [here, other] = ['a'.repeat(40), 'b'.repeat(40)]
    const open = (number: number, sha: string) => ({ number, state: 'open', head: { sha } })
    const closed = (number: number, merged_at: string | null) => ({
      ...{ number, state: 'closed', merged_at, head: { sha: other } },
    })
    github.pulls.set(here, [closed(2, '2026-01-01T00:00:00Z'), open(3, other), open(4, here)])
    github.pulls.set(other, [closed(6, null), closed(5, '2026-01-01T00:00:00Z')])
    await write({ event: { issue: { number: 1 } } })
    await write({ event: { workflow_run: { head_sha: other, pull_requests: [] } } })
    expect(github.comments.map(({ number }) => number)).toEqual([4, 5])
  })

  test('of a fork is found by its branch and commit, as GitHub lists it nowhere in the event', async () => {
    const pull = (number: number, sha: string) => ({ number, state: 'open', head: { sha } })
    github.pulls.set('them:a/b', [pull(3, 'b'.repeat(40)), pull(4, 'c'.repeat(40))])
    const head = { head_branch: 'a/b', head_repository: { owner: { login: 'them' } } }
    const event = { workflow_run: { ...head, head_sha: 'c'.repeat(40), pull_requests: [] } }
    await write({ event, variables: { GITHUB_EVENT_NAME: 'workflow_run' } })
    expect(github.comments.map(({ number }) => number)).toEqual([4])
  })

  test('may not exist, which is a warning', async () => {
    const [line] = await write({ event: {} })
    expect(line?.level).toBe('warning')
    expect(line?.text).toMatch(
      /^The summary was not written as a comment, because this workflow run has no pull request: .*\[ITS-COMMENT-NO-PULL-REQUEST\]$/s,
    )
  })

  test('cannot be found outside of GitHub, which is a warning before any request', async () => {
    const [line] = await write({ variables: { GITHUB_REPOSITORY: '' } })
    expect(line?.text).toContain('this is not a GitHub Actions workflow run')
    expect(github.requests).toEqual([])
  })
})

describe('a comment that cannot be written', () => {
  /** The one warning. */
  async function warned(extras: Extras = {}): Promise<string> {
    const lines = await write(extras)
    expect(lines.map(({ level }) => level)).toEqual(['warning'])
    const [text = ''] = lines.map((line) => line.text)
    expect(text).toContain('The summary was not written as a comment.')
    expect(text).toMatch(/\[ITS-COMMENT-NOT-WRITTEN\]$/)
    return text
  }

  test('names the permission that lacks', async () => {
    github.readOnly()
    const text = await warned()
    expect(text).toContain('answered 403: Resource not accessible by integration.')
    expect(text).toContain('permissions:\n    contents: read\n    pull-requests: write')
    expect(github.requests).toHaveLength(2)
  })

  test('says that a workflow run for a fork or of Dependabot has a read-only token', async () => {
    github.readOnly()
    const fork = await warned({ event: pullRequestEvent(7, { fork: true }) })
    expect(fork).toContain('for a pull request from a fork has a read-only token')
    const bot = await warned({ variables: { GITHUB_ACTOR: 'dependabot[bot]' } })
    expect(bot).toContain('A workflow run that Dependabot starts has a read-only token')
  })

  test.each([
    [401, 'Bad credentials', { token: 'ghs_expired-token' }],
    [404, 'Not Found', { variables: { GITHUB_REPOSITORY: 'owner/other' } }],
  ])('is not tried again after %i: %s', async (status, message, extras) => {
    expect(await warned(extras)).toContain(`answered ${status}: ${message}.`)
    expect(github.requests).toHaveLength(1)
  })

  test('is not tried again where GitHub rejects the text', async () => {
    github.order(({ method }) =>
      method === 'POST' ? refusal(422, 'Validation Failed') : undefined,
    )
    expect(await warned()).toContain('answered 422: Validation Failed.')
    expect(github.requests).toHaveLength(2)
  })

  test('needs a token', async () => {
    const [line] = await write({ token: '' })
    expect(line?.text).toContain('because there is no GitHub token')
  })

  test('takes the token of the variable GITHUB_TOKEN', async () => {
    await write({ token: '', variables: { GITHUB_TOKEN: TOKEN } })
    expect(github.comments).toHaveLength(1)
  })

  test('sends the token to no other server, whatever a page or a redirect names', async () => {
    const other = await startGitHub()
    onTestFinished(() => other.stop())
    const link = `<${other.url}${COMMENTS}?page=2>; rel="next"`
    github.order(() => ({ status: 200, headers: { link }, body: [] }))
    expect(await warned()).toContain('named a page on another server')
    const location = `${other.url}${COMMENTS}`
    github.order(() => ({ status: 301, headers: { location }, body: { message: 'Moved' } }))
    expect(await warned()).toContain(
      `answered 301, which redirects to another server, ${new URL(other.url).host}.`,
    )
    expect(other.requests).toEqual([])
  })

  test('follows a repository that was renamed', async () => {
    const location = `${github.url}${COMMENTS}?per_page=100`
    github.order(({ path }) =>
      path.includes('/old/') ? { status: 301, headers: { location }, body: {} } : undefined,
    )
    await write({ variables: { GITHUB_REPOSITORY: 'owner/old' } })
    expect(methods()[1]).toBe(`GET ${COMMENTS}`)
  })

  test.each([
    ['a page in HTML', '<html>Sign in</html>', 'answered 200 with something other than JSON.'],
    ['null', null, 'answered with something other than a list of comments.'],
    ['an object', { message: 'Not now' }, 'answered with something other than a list of comments.'],
  ])('is not said to be written where the list of comments is %s', async (_, body, said) => {
    github.order(() => ({ status: 200, body }))
    expect(await warned()).toContain(said)
    expect(github.comments).toEqual([])
  })

  test('is not said to be written where the answer to its creation is no comment', async () => {
    github.order(({ method }) => (method === 'POST' ? { status: 200, body: {} } : undefined))
    expect(await warned()).toContain('answered with something other than a comment.')
  })

  test('asks for another token where GitHub rejects it, and not for a permission', async () => {
    const text = await warned({ token: 'ghs_expired-token' })
    expect(text).toContain('is wrong, or has expired.')
    expect(text).not.toContain('pull-requests: write')
  })

  test.each(['ghs_a\nb', 'ghs_a b', 'ghs_\u00fc'])(
    'names a token that no header can hold: %j',
    async (token) => {
      const [line] = await write({ token })
      expect(line?.text).toContain('because the token has a space, a line break')
      expect(github.requests).toEqual([])
    },
  )

  test('hides the token that an answer repeats', async () => {
    github.order(() => refusal(400, `odd token ${TOKEN}`))
    expect(await warned()).toContain('answered 400: odd token ***.')
  })
})

describe('a failure that may pass', () => {
  test('is tried again, so that a creation whose answer was lost makes no second comment', async () => {
    github.order(({ method, body }) => {
      if (method !== 'POST') return undefined
      add(BOT, String((body as { body: string }).body))
      return { status: 502, body: '<html>' }
    })
    const [line] = await write({ text: 'new' })
    expect(line?.level).toBe('info')
    expect(github.comments.map(({ body }) => body)).toEqual([`${MARKER}\nnew`])
  })

  test.each([
    ['a secondary limit', refusal(403, 'secondary rate limit', { 'retry-after': '1' })],
    ['a limit', refusal(429, 'rate limit', { 'retry-after': '0' })],
  ])('waits as long as GitHub asks for: %s', async (_, answer) => {
    github.order(() => answer)
    const startMs = performance.now()
    const [line] = await write()
    expect(line?.level).toBe('info')
    expect(performance.now() - startMs).toBeGreaterThan(990)
  })

  test.each([
    ['a minute', refusal(429, 'rate limit')],
    ['an hour', refusal(403, 'rate limit', { 'retry-after': '3600' })],
    [
      'until a reset',
      refusal(403, 'rate limit', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 600),
      }),
    ],
    [
      'until a reset that it does not name',
      refusal(403, 'rate limit', { 'x-ratelimit-remaining': '0' }),
    ],
  ])('is given up at once where GitHub asks for a longer wait: %s', async (_, answer) => {
    github.order(() => answer)
    const [line] = await write()
    expect(line?.text).toMatch(/answered 4(03|29): rate limit\.\nMore:/)
    expect(github.requests).toHaveLength(1)
  })

  test('after a cancel has the time until the second signal of the runner, and no more', async () => {
    github.order(() => 'hang')
    const startMs = performance.now()
    const [line] = await write({ sinceCancelMs: () => 7200 + performance.now() - startMs })
    expect(performance.now() - startMs).toBeLessThan(2000)
    expect(line?.text).toContain('did not answer before the run was cancelled.')
  })

  test('is not even tried where a cancelled run has taken all of that time', async () => {
    const [line] = await write({ sinceCancelMs: () => 8000 })
    expect(line?.level).toBe('warning')
    expect(github.requests).toEqual([])
  })
})
