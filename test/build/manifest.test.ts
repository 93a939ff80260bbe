import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { actionManifest, withTables } from '../../build/manifest.ts'
import { OPTIONS } from '../../src/options/table.ts'
import { helpText } from '../../src/report/help.ts'
import { OUTPUTS } from '../../src/report/outputs.ts'

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

test('action.yml is what the tables of options and outputs make', () => {
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

test("the README's tables are what those tables make", () => {
  const readme = file('README.md')
  expect(readme).toBe(withTables(readme))
  for (const { name } of OPTIONS) expect(readme).toContain(`| \`${name}\` |`)
  for (const name of Object.keys(OUTPUTS)) expect(readme).toContain(`| \`${name}\` |`)
})

test('--help names every option', () => {
  const help = helpText()
  for (const { name } of OPTIONS.filter((option) => option.name !== 'mode')) {
    expect(help).toContain(`--${name} `)
  }
})
