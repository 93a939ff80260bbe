import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { runCli } from '../../kit/run/cli.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'

test('config.yaml is enough for a plan, a shift and a rollback', async () => {
  const sandbox = await startSandbox({ web: true })
  onTestFinished(() => sandbox.stop())
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig)
  const config = ['--config', join(ROOT, 'examples', 'config.yaml')]
  const run = (...words: string[]) => runCli([...words, ...config], { KUBECONFIG: kubeconfig })
  const planned = await run('plan', '--weight', '20')
  expect(planned.stdout).toContain('v2 would go from 0% to 20%')
  expect(planned.status).toBe(0)
  const shifted = await run(
    'shift',
    '--weight',
    '50',
    '--steps',
    '50',
    '--rate',
    '5000',
    '--tolerance',
    '15',
  )
  expect(shifted.stdout).toContain('pass, reason within-tolerance')
  const rolledBack = await run('rollback')
  expect(rolledBack).toMatchObject({ status: 0, stderr: '' })
})
