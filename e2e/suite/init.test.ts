import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Proposed } from '../../kit/run/init.ts'
import { kubeconfigsOf, refuseLeaks, release } from '../../kit/run/leaks.ts'
import { runJob } from './support/job.ts'
import { routeIs, weightsOn } from './support/route.ts'
import { NOT_THE_TUTORIAL, STAMPED, webIs } from './support/web.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'index.js')

/** What the built command line proposes, and how long it took. */
function init(...words: string[]): Promise<{ proposed: Proposed; said: string; tookMs: number }> {
  const kubeconfigs = kubeconfigsOf(process.env)
  const begun = performance.now()
  return new Promise((resolve, failed) => {
    const given = [CLI, 'init', '-n', 'demo', '--output', 'json', ...words]
    execFile(process.execPath, given, (error, stdout, stderr) => {
      const check = () => refuseLeaks(kubeconfigs, { stdout, stderr })
      const done = () => {
        if (error) failed(new Error(stderr))
        else
          resolve({
            proposed: JSON.parse(stdout),
            said: stderr,
            tookMs: performance.now() - begun,
          })
      }
      release(check, done, failed)
    })
  })
}

/** A newcomer has two minutes, the time to read included. */
const SOON_MS = 30_000

beforeEach(async () => {
  await routeIs({ v1: 80, v2: 20 })
  await webIs(STAMPED, { v1: 80, v2: 20 })
})

test('init proposes a step with stamps for an http rule of the real mesh, and a shift with it passes', async () => {
  const { proposed, tookMs } = await init('vs/web')
  expect(proposed.inputs).toMatchObject({ 'virtual-service': 'web', subset: 'v2', expect: 'stamp' })
  const { outputs, text } = await runJob({ ...NOT_THE_TUTORIAL, ...proposed.inputs })
  expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":60,"v2":40}' })
  expect(tookMs).toBeLessThan(SOON_MS)
})

test('init proposes expressions for a tcp rule of the real mesh, and a shift with them passes', async () => {
  const { proposed } = await init('vs/tcp-echo')
  expect(proposed.inputs).toMatchObject({ expect: '{v1: "^one\\\\b", v2: "^two\\\\b"}' })
  const { outputs, text } = await runJob(proposed.inputs)
  expect(outputs, text).toMatchObject({ verdict: 'pass' })
  expect(await weightsOn()).toEqual({ v1: 60, v2: 40 })
})
