import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { kubeconfigsOf, refuseLeaks, release } from '../../kit/run/leaks.ts'
import { SURE } from '../../kit/run/run.ts'
import { deadVersion } from '../faults/stopped.ts'
import { routeIs, routeText, weightsOn } from './support/route.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'index.js')

/** Runs the built command line, which uses KUBECONFIG as kubectl does. */
function cli(...given: string[]): Promise<{ status: number; text: string }> {
  const object = ['--namespace', 'demo', '--virtual-service', 'tcp-echo']
  const expectations = ['--expect', '{v1: "^one ", v2: "^two "}']
  const kubeconfigs = kubeconfigsOf(process.env)
  return new Promise((resolve, leaks) => {
    const child = execFile(
      process.execPath,
      [CLI, ...given, ...object, ...expectations, '--confidence', SURE],
      (_, stdout, stderr) => {
        const check = () => refuseLeaks(kubeconfigs, { stdout, stderr })
        const done = () => resolve({ status: child.exitCode ?? -1, text: stdout + stderr })
        release(check, done, leaks)
      },
    )
  })
}

beforeEach(() => routeIs())

test('the command line shifts and exits with status 0', async () => {
  const { status, text } = await cli('shift', '--subset', 'v2', '--weight', '20')
  expect(text).toContain('pass, reason within-tolerance')
  expect(status).toBe(0)
  expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
})

test('the command line ends with status 1 if the split is not confirmed, and restores the previous weights', async () => {
  const before = await routeText()
  const heal = await deadVersion('v2')
  const { status, text } = await cli('shift', '--subset', 'v2', '--weight', '20').finally(heal)
  expect(text).toContain('fail, reason no-reply')
  expect(status).toBe(1)
  expect(await routeText()).toBe(before)
})
