import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { at, isObject, objectsAt, textAt } from '../../src/kube/json.ts'
import { exampleOf, jobsOf, textsOf } from './support/workflow.ts'

const WORKFLOWS = readdirSync(join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({ name, workflow: exampleOf(name) }))
  .filter(({ workflow }) => at(workflow, 'on') !== undefined && isObject(at(workflow, 'jobs')))

describe.each(WORKFLOWS)('the example $name', ({ workflow }) => {
  test('grants at most the right to read to all of its jobs, and every other right to the job that needs it', () => {
    const permissions = at(workflow, 'permissions')
    expect(isObject(permissions)).toBe(true)
    expect(Object.values(textsOf(permissions))).not.toContain('write')
  })

  test('keeps the credentials of a checkout only in a job that pushes', () => {
    for (const [, job] of jobsOf(workflow)) {
      const keeps = objectsAt(job, 'steps').filter(
        (step) =>
          textAt(step, 'uses')?.startsWith('actions/checkout@') &&
          at(step, 'with', 'persist-credentials') !== false,
      )
      if (keeps.length > 0) expect(textAt(job, 'permissions', 'contents')).toBe('write')
    }
  })
})

test('the rollback waits for no approval, so its environment is not one of those with reviewers', () => {
  const environments = (name: string) =>
    jobsOf(exampleOf(name)).map(([, job]) => textAt(job, 'environment'))
  expect(environments('rollback.yml')).toEqual(['rollback'])
  expect(environments('rollout.yml')).not.toContain('rollback')
})

test('every cloud trusts one environment of one repository, by the whole subject', () => {
  const text = readFileSync(join(ROOT, 'docs/oidc.md'), 'utf8')
  const trusts = [
    '"token.actions.githubusercontent.com:sub": "SUBJECT"',
    '/workloadIdentityPools/github/subject/SUBJECT\n',
    '"subject": "SUBJECT"',
    '"oidc:sub": "SUBJECT"',
  ]
  const subject = 'repo:OWNER@OWNER_ID/REPO@REPO_ID:environment:production'
  for (const each of trusts) expect(text).toContain(each.replace('SUBJECT', subject))
  expect(text).not.toMatch(/principalSet|StringLike|:sub": "[^"]*\*/)
})
