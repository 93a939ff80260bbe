import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../kit/run/cli.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ debounceMs: 1, web: { http: { v1: 80, v2: 20 } } })
  folder = mkdtempSync(path.join(tmpdir(), 'init-'))
  writeFileSync(path.join(folder, 'kubeconfig'), sandbox.kubeconfig, { mode: 0o600 })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

function init(...words: string[]) {
  const environment = { KUBECONFIG: path.join(folder, 'kubeconfig'), PWD: folder }
  return runCli(['init', ...words], environment)
}

test('the built command line writes a workflow to the usual file, and prints only the proposal to standard output', async () => {
  const { status, stdout, stderr } = await init('vs/web', '-n', 'demo', '--write')
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^# 1\. The step for GitHub Actions\./)
  expect(stderr).toContain('Wrote .github/workflows/traffic-shift.yml.')
  const file = path.join(folder, '.github/workflows/traffic-shift.yml')
  expect(readFileSync(file, 'utf8')).toContain('virtual-service: web')
})

test('the built command line writes a workflow to a file that is named', async () => {
  const { status } = await init('vs/web', '-n', 'demo', '--no-samples', '--write', 'own.yml')
  expect([status, existsSync(path.join(folder, 'own.yml'))]).toEqual([0, true])
})

test('the built command line refuses a word that init does not take', async () => {
  const { status, stderr } = await init('web', '-n', 'demo')
  expect([status, stderr]).toEqual([
    2,
    'Unexpected word "web". Use KIND/NAME and options. To name a file, use --write FILE.\n',
  ])
})

test('the built command line explains init', async () => {
  const { status, stdout } = await init('--help')
  expect(status).toBe(0)
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('init writes nothing to the cluster.')
  expect(stdout).toContain('--no-samples')
})
