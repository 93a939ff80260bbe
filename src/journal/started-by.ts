import { hostname, userInfo } from 'node:os'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * How each CI system gives the address of the current job, as pieces that are joined: names of variables, and
 * texts that begin with a slash, a question mark or a number sign. The first system all of whose variables are set
 * is used.
 */
const LINKS: readonly (readonly [system: string, ...pieces: string[]])[] = [
  [
    'GitHub Actions',
    'GITHUB_SERVER_URL',
    '/',
    'GITHUB_REPOSITORY',
    '/actions/runs/',
    'GITHUB_RUN_ID',
  ],
  ['GitLab CI', 'CI_JOB_URL'],
  [
    'Azure Pipelines',
    'SYSTEM_COLLECTIONURI',
    'SYSTEM_TEAMPROJECT',
    '/_build/results?buildId=',
    'BUILD_BUILDID',
  ],
  ['CircleCI', 'CIRCLE_BUILD_URL'],
  ['Buildkite', 'BUILDKITE_BUILD_URL', '#', 'BUILDKITE_JOB_ID'],
  [
    'Bitbucket Pipelines',
    'BITBUCKET_GIT_HTTP_ORIGIN',
    '/pipelines/results/',
    'BITBUCKET_BUILD_NUMBER',
  ],
  ['Travis CI', 'TRAVIS_JOB_WEB_URL'],
  ['Drone', 'DRONE_BUILD_LINK'],
  ['Woodpecker CI', 'CI_PIPELINE_URL'],
  ['Semaphore', 'SEMAPHORE_ORGANIZATION_URL', '/jobs/', 'SEMAPHORE_JOB_ID'],
  ['Jenkins, TeamCity', 'BUILD_URL'],
]

/** Who started this run, for the reader of its journal: a link to the CI job, or user@host. */
export function startedBy(environment: Environment): string {
  for (const [, ...pieces] of LINKS) {
    const link = linkOf(pieces, environment)
    if (link !== undefined) return link
  }
  return `${userName(environment)}@${hostname()}`
}

/** The link without credentials, which some systems allow in it; undefined where a variable is missing. */
function linkOf(pieces: readonly string[], environment: Environment): string | undefined {
  const texts = pieces.map((piece) =>
    /^[A-Z]/.test(piece) ? environment[piece] || undefined : piece,
  )
  if (texts.includes(undefined)) return undefined
  const link = texts.join('').replaceAll(' ', '%20')
  if (!/^https?:/.test(link) || !URL.canParse(link)) return undefined
  const { username, password } = new URL(link)
  return username === '' && password === '' ? link : undefined
}

/** A user that the system's list does not have, as in many containers, has a number and no name. */
function userName(environment: Environment): string {
  try {
    return userInfo().username
  } catch {
    return environment.USER || 'unknown'
  }
}
