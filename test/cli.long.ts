import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CLI, runCli } from '../kit/run/cli.ts'
import { interruptRun } from '../kit/run/interrupted.ts'
import { weightsOn } from '../kit/run/object.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'

let sandbox: Sandbox
let folder: string
let kubeconfig: string
beforeEach(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
  kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig)
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

const OBJECT = ['--namespace', 'demo', '--virtual-service', 'tcp-echo']
const V2 = [...OBJECT, '--subset', 'v2', '--weight', '20']
const FEW = ['--connections', '5', '--propagation-timeout', '0s']
const EXPECT = ['--expect', '{v1: "^one ", v2: "^two "}']

function cli(words: readonly string[], environment: Record<string, string> = {}) {
  return runCli(words, { KUBECONFIG: kubeconfig, ...environment })
}

describe('the built command line', () => {
  test('shifts, prints a log, and exits with status 0', async () => {
    const ended = await cli(['shift', ...V2, ...EXPECT, '--tolerance', '15'])
    expect(ended).toMatchObject({ status: 0, stderr: expect.not.stringContaining('pass') })
    expect(ended.stdout).toContain('pass, reason within-tolerance')
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })

  test('prints only the report to standard output with --output json, the same as in its file', async () => {
    const report = join(folder, 'report')
    const ended = await cli(['plan', ...V2, '--output', 'json', '--report', report])
    expect(ended.status).toBe(0)
    expect(ended.stdout).toBe(readFileSync(join(report, 'report.json'), 'utf8'))
    expect(JSON.parse(ended.stdout)).toMatchObject({ schema: 2, verdict: 'planned', mode: 'plan' })
    expect(ended.stderr).toContain('+++ b/demo/tcp-echo.yaml')
    expect(ended.stdout + ended.stderr).not.toContain('admin-token')
    expect(readFileSync(join(report, 'summary.md'), 'utf8')).toContain('```diff')
  })

  test.runIf(existsSync('/dev/full'))(
    'exits with status 4 if the report in JSON cannot be written',
    async () => {
      const full = openSync('/dev/full', 'w')
      const words = ['plan', ...V2, '--output', 'json', '--kubeconfig', kubeconfig]
      const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', full, 'pipe'] })
      closeSync(full)
      let said = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      expect(await once(child, 'close')).toEqual([4, null])
      expect(said).toContain('The report could not be written to standard output')
      expect(said).toContain('The verdict of the run is planned.')
    },
  )

  test.runIf(existsSync('/dev/full')).each([['help'], ['shift --help'], ['version']])(
    '%s exits with status 4 and says why if it cannot be written',
    async (words) => {
      const full = openSync('/dev/full', 'w')
      const stdio = ['ignore', full, 'pipe'] as const
      const child = spawn(process.execPath, [CLI, ...words.split(' ')], { stdio: [...stdio] })
      closeSync(full)
      let said = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      expect(await once(child, 'close')).toEqual([4, null])
      expect(said).toMatch(/^This could not be written to standard output \(ENOSPC.*\)\.\n$/)
    },
  )

  test('reports invalid options in JSON too, and exits with status 2', async () => {
    const ended = await cli(['shift', '--output', 'json', '--weights', '{v1: 1}'])
    expect(ended.status).toBe(2)
    expect(JSON.parse(ended.stdout)).toMatchObject({ verdict: 'error', reason: 'input' })
  })

  test('has no help for a mode that does not exist, and exits with status 2', async () => {
    const ended = await cli(['help', 'foo'])
    expect(ended).toMatchObject({ status: 2, stdout: '' })
    expect(ended.stderr).toContain('no mode or command "foo"')
  })

  test.each<[string, readonly string[], number]>([
    ['3 if the connections do not decide', ['verify', ...V2, ...FEW, ...EXPECT], 3],
    ['4 if the object does not exist', ['plan', 'vs/missing', ...V2.slice(4), '-n', 'demo'], 4],
    ['2 for an unknown option', ['plan', ...V2, '--wait', '20'], 2],
  ])('exits with status %s', async (_, words, status) => {
    expect((await cli(words)).status).toBe(status)
  })

  test('exits with status 5 while a run is in progress, and with status 0 after its rollback', async () => {
    const before = weightsOn(sandbox)
    interruptRun(sandbox, Date.now())
    const shown = await cli(['status', ...OBJECT, '--output', 'json'])
    expect(shown.status).toBe(5)
    expect(JSON.parse(shown.stdout)).toMatchObject({
      verdict: 'in-progress',
      reason: 'journal',
      mode: 'status',
      journal: { by: 'https://ci.example/jobs/7', rollback: 'restore' },
    })
    const restored = await cli(['rollback', ...OBJECT])
    expect(restored).toMatchObject({ status: 0, stderr: '' })
    expect(restored.stdout).toContain('demo/tcp-echo: the previous weights are restored.')
    expect(weightsOn(sandbox)).toEqual(before)
    expect(await cli(['status', ...OBJECT])).toMatchObject({ status: 0 })
  })

  test('colours its lines only if asked to, and never with NO_COLOR', async () => {
    const words = ['plan', ...V2]
    expect((await cli(words)).stdout).not.toContain('\u001b')
    expect((await cli(words, { FORCE_COLOR: '1' })).stdout).toContain('\u001b[32m+')
    const both = await cli(words, { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect(both.stdout).not.toContain('\u001b')
  })

  test('prints no colors with --no-color', async () => {
    const { stdout } = await cli(['plan', ...V2, '--no-color'], { FORCE_COLOR: '1' })
    expect(stdout).toContain('+++ b/demo/tcp-echo.yaml')
    expect(stdout).not.toContain('\u001b')
  })

  test('prints with --quiet only the result of the run, and with --output json nothing beside the report', async () => {
    const quiet = await cli(['plan', ...V2, '--quiet'])
    expect(quiet).toMatchObject({ status: 0, stderr: '' })
    expect(quiet.stdout).toMatch(/^demo\/tcp-echo: .*\n[\s\S]*^Verdict: planned, exit status 0/m)
    expect(quiet.stdout).not.toContain('Started')
    expect(quiet.stdout).not.toContain('+++')
    const json = await cli(['plan', ...V2, '--quiet', '--output', 'json'])
    expect(json).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'planned' })
    const failed = await cli(['plan', 'vs/missing', ...V2.slice(4), '-n', 'demo', '--quiet'])
    expect(failed).toMatchObject({ status: 4, stdout: '' })
    expect(failed.stderr).toContain('Verdict: error')
  })

  test('reads options from a file, says with -v where each is from, and masks its secrets', async () => {
    const file = join(folder, 'release.yaml')
    writeFileSync(
      file,
      `namespace: demo
object: vs/tcp-echo
subset: v2
weight: 50
kubeconfig: kubeconfig
expect: {v1: "^one ", v2: "^two "}
probe-headers: {x-api-key: s3cret-of-file}
`,
    )
    const words = ['plan', '--config', file, '--weight', '20', '-v']
    const ended = await cli(words, { KUBECONFIG: join(folder, 'missing') })
    expect(ended.status).toBe(0)
    expect(ended.stdout).toContain('v2 would go from 0% to 20%')
    expect(ended.stdout).toContain(`Option namespace: demo (${file}:1)\n`)
    expect(ended.stdout).toContain('Option weight: 20\n')
    expect(ended.stdout).toContain(`Option probe-headers: (not shown) (${file}:7)\n`)
    expect(ended.stdout).toMatch(
      /^GET \/apis\/networking\.istio\.io\/v1\/namespaces\/demo\/virtualservices\/tcp-echo: 200, after \d+ ms$/m,
    )
    expect(ended.stdout + ended.stderr).not.toContain('s3cret-of-file')
  })

  test('reports everything that is wrong with an options file and the command line at once', async () => {
    const file = join(folder, 'release.yaml')
    writeFileSync(file, 'namespace: demo\nweigth: 20\nobject: vs/tcp-echo\ntimeout: 5\nsteps: {}\n')
    const { status, stderr } = await cli([
      'verify',
      '--config',
      file,
      '--wait',
      '--weights=current',
    ])
    expect(status).toBe(2)
    for (const text of [
      'There is no option --wait.',
      `${file}:2: There is no option "weigth". Did you mean weight?`,
      `${file}:4: timeout: "5" has no unit. Did you mean 5s or 5m?`,
      `${file}:5: steps must be a number, a string or a list, not a mapping.`,
      'expect is required.',
    ])
      expect(stderr).toContain(text)
  })

  test('reports an options file that does not exist, and not what it would have had', async () => {
    const { status, stderr } = await cli(['shift', '--config', join(folder, 'none.yaml')])
    expect(status).toBe(2)
    expect(stderr).toContain('none.yaml does not exist')
    expect(stderr).not.toContain('is required')
  })

  test('edits a manifest in the current folder without a cluster', async () => {
    const file = join(folder, 'route.yaml')
    writeFileSync(
      file,
      `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: tcp-echo, namespace: demo}
spec:
  tcp:
    - route:
        - destination: {host: tcp-echo, subset: v1}
`,
    )
    const added = ['--subset', 'tcp-echo/v2', '--weight', '20', '--manifest', 'route.yaml']
    const ended = await cli(['shift', ...OBJECT, ...added], {
      KUBECONFIG: join(folder, 'missing'),
      PWD: folder,
    })
    expect(ended.status).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('subset: v1}\n          weight: 80\n')
  })
})
