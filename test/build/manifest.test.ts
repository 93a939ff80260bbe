import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { actionManifest, withTables } from '../../build/manifest.ts'
import { OPTIONS } from '../../src/options/table.ts'
import { OUTPUTS } from '../../src/report/outputs.ts'

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

test('action.yml is generated from the tables of options and outputs', () => {
  expect(file('action.yml')).toBe(actionManifest())
})

test('action.yml has every option and every output, and starts what dist/ holds', () => {
  const manifest = load(file('action.yml'))
  expect(manifest).toMatchObject({
    inputs: Object.fromEntries(OPTIONS.map(({ name }) => [name, {}])),
    outputs: Object.fromEntries(Object.keys(OUTPUTS).map((name) => [name, {}])),
    runs: { using: 'node24', main: 'dist/action/index.js', post: 'dist/post/index.js' },
  })
})

test("the README's tables are generated from the same tables", () => {
  const readme = file('README.md')
  expect(readme).toBe(withTables(readme))
  for (const { name } of OPTIONS) expect(readme).toContain(`| \`${name}\` |`)
  for (const name of Object.keys(OUTPUTS)) expect(readme).toContain(`| \`${name}\` |`)
})
