import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

/** The workflow CI builds and runs the image. This is what can be said without a builder. */
const ROOT = resolve(import.meta.dirname, '..', '..')
const text = (name: string) => readFileSync(resolve(ROOT, name), 'utf8')
const INSTRUCTIONS = text('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
const given = (name: string) =>
  INSTRUCTIONS.filter((line) => line.startsWith(`${name} `)).map((line) =>
    line.slice(name.length + 1),
  )

test('the image starts from a base with a tag and a digest', () => {
  expect(given('FROM')).toEqual([expect.stringMatching(/^node:24-\w+-slim@sha256:[0-9a-f]{64}$/)])
})

test('the image gets nothing but the packed command line, which is all that the builder sees', () => {
  expect(given('COPY')).toEqual([])
  expect(given('ADD')).toEqual(['istio-traffic-shift-*.tgz /opt/'])
  expect(text('.dockerignore')).toBe('*\n!istio-traffic-shift-*.tgz\n')
  const { name } = JSON.parse(text('package.json'))
  expect(name).toBe('istio-traffic-shift')
})

test('the image has a link for each command of the package, to the file that the package names', () => {
  const { bin }: { bin: Record<string, string> } = JSON.parse(text('package.json'))
  const [run = ''] = given('RUN')
  for (const [command, file] of Object.entries(bin))
    expect(run).toContain(`ln -s /opt/package/${file} /usr/local/bin/${command} `)
})

test('the image runs as a user with a number other than 0, and starts the command', () => {
  expect(given('USER')).toEqual([expect.stringMatching(/^[1-9]\d+:[1-9]\d+$/)])
  expect(given('ENTRYPOINT')).toEqual(['["istio-traffic-shift"]'])
  const last = INSTRUCTIONS.map((line) => line.split(' ')[0]).slice(-2)
  expect(last).toEqual(['USER', 'ENTRYPOINT'])
})
