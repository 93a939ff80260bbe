import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { at, isObject, type Json } from '../../src/kube/json.ts'
import { exampleText } from './support/workflow.ts'

/** The workflows for GitHub among the examples: only these have both fields. */
const WORKFLOWS = readdirSync(join(ROOT, 'examples')).filter((name) => {
  if (!/\.ya?ml$/.test(name)) return false
  const pipeline = load(exampleText(name)) as Json
  return at(pipeline, 'on') !== undefined && isObject(at(pipeline, 'jobs'))
})

const TESTS = globSync('e2e/act/*.act.ts', { cwd: ROOT })
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n')

test('the tests with act run every GitHub workflow among the examples', () => {
  expect(WORKFLOWS).toContain('release.yml')
  expect(WORKFLOWS.filter((name) => !TESTS.includes(`run('${name}', {`))).toEqual([])
})
