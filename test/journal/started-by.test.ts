import { hostname, userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { startedBy } from '../../src/journal/started-by.ts'

test.each<[string, Record<string, string>, string]>([
  [
    'GitHub Actions',
    {
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'owner/repository',
      GITHUB_RUN_ID: '1000',
    },
    'https://github.com/owner/repository/actions/runs/1000',
  ],
  [
    'GitLab CI',
    { CI_JOB_URL: 'https://gitlab.example/p/-/jobs/7' },
    'https://gitlab.example/p/-/jobs/7',
  ],
  [
    'Azure Pipelines, whose projects may have blanks in their names',
    {
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/org/',
      SYSTEM_TEAMPROJECT: 'my project',
      BUILD_BUILDID: '7',
    },
    'https://dev.azure.com/org/my%20project/_build/results?buildId=7',
  ],
  [
    'CircleCI',
    { CIRCLE_BUILD_URL: 'https://circleci.com/gh/o/r/7' },
    'https://circleci.com/gh/o/r/7',
  ],
  [
    'Buildkite',
    { BUILDKITE_BUILD_URL: 'https://buildkite.com/o/p/builds/7', BUILDKITE_JOB_ID: 'job' },
    'https://buildkite.com/o/p/builds/7#job',
  ],
  [
    'Bitbucket Pipelines',
    { BITBUCKET_GIT_HTTP_ORIGIN: 'https://bitbucket.org/o/r', BITBUCKET_BUILD_NUMBER: '7' },
    'https://bitbucket.org/o/r/pipelines/results/7',
  ],
  [
    'Jenkins',
    { BUILD_URL: 'https://jenkins.example/job/a/7/' },
    'https://jenkins.example/job/a/7/',
  ],
])('a run of %s is known by the link to its job', (_, environment, link) => {
  expect(startedBy(environment)).toBe(link)
})

test.each<[string, Record<string, string>]>([
  ['there is no CI', {}],
  ['a part of the link is missing', { GITHUB_SERVER_URL: 'https://github.com' }],
  ['the link has credentials in it', { BUILD_URL: 'https://user:password@jenkins.example/7' }],
  ['the variable holds no link', { BUILD_URL: 'javascript:alert(1)' }],
])('a run is known by user@host where %s', (_, environment) => {
  expect(startedBy(environment)).toBe(`${userInfo().username}@${hostname()}`)
})
