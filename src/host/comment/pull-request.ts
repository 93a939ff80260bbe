import { readFileSync } from 'node:fs'
import { at, type Json, numberAt, objectsAt, textAt } from '../../kube/json.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What a workflow run says of the pull request that it is for. */
export type Origin = {
  /** `owner/name` of the repository that the run is in, and so the pull request. */
  repository: string
  /** undefined: the event does not name one. */
  number: number | undefined
  /** The commit by which GitHub finds one then. */
  commit: string | undefined
  /** `owner:branch`, by which GitHub finds that of a fork, whose commits a repository does not list. */
  head: string | undefined
  /** Why the token of the run can only read; undefined: it may also write. */
  readOnly: 'fork' | 'dependabot' | undefined
}

/** Reads the event of a workflow run. undefined: this is none, or its variables were removed. */
export function originOf(environment: Environment): Origin | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: file, GITHUB_SHA } = environment
  if (!repository || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return undefined
  const event = readEvent(file)
  const commit = textAt(event, 'workflow_run', 'head_sha') ?? GITHUB_SHA
  return {
    repository,
    number: numberIn(event),
    commit: commit && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined,
    head: headOf(event),
    readOnly: readOnlyIn(event, environment),
  }
}

/** A file that is not there, or no JSON, is an event of which nothing is known. */
function readEvent(file: string | undefined): Json {
  try {
    return file ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : null
  } catch {
    return null
  }
}

/**
 * The number that the payload of an event has. Source: GitHub's documentation of webhook events. An issue is a pull request
 * where it has that field. A workflow_run lists pull requests of other repositories too.
 */
function numberIn(event: Json): number | undefined {
  const own = numberAt(event, 'pull_request', 'number')
  if (own !== undefined) return own
  if (at(event, 'issue', 'pull_request') !== undefined) return numberAt(event, 'issue', 'number')
  const repository = numberAt(event, 'repository', 'id')
  const listed = ['workflow_run', 'check_run', 'check_suite'].flatMap((name) =>
    objectsAt(event, name, 'pull_requests'),
  )
  const ours = listed.find((one) => numberAt(one, 'base', 'repo', 'id') === repository)
  return ours && numberAt(ours, 'number')
}

function headOf(event: Json): string | undefined {
  const owner = textAt(event, 'workflow_run', 'head_repository', 'owner', 'login')
  const branch = textAt(event, 'workflow_run', 'head_branch')
  return owner === undefined || branch === undefined ? undefined : `${owner}:${branch}`
}

/** Workflows of a fork's pull request, and those that Dependabot starts, get a read-only token. */
function readOnlyIn(event: Json, { GITHUB_EVENT_NAME, GITHUB_ACTOR }: Environment) {
  if (GITHUB_EVENT_NAME !== 'pull_request') return undefined
  if (GITHUB_ACTOR === 'dependabot[bot]') return 'dependabot'
  const repositories = ['head', 'base'].map((side) =>
    numberAt(event, 'pull_request', side, 'repo', 'id'),
  )
  return repositories[0] === repositories[1] ? undefined : 'fork'
}
