import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { kubeconfigsOf, refuseLeaks, release } from '../../kit/run/leaks.ts'
import { routeIs, weightsOn } from './support/route.ts'

/** The packed command line as users get it: as a kubectl plugin, and as the container image has it. */
let folder: string
/** Searched for commands first. */
let commands: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'))
  commands = join(folder, 'commands')
  mkdirSync(commands)
  const root = resolve(import.meta.dirname, '..', '..')
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  execFileSync('npm', pack, { cwd: root, env: { ...process.env, HOME: folder } })
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder])
  const program = join(folder, 'package', 'dist', 'cli', 'index.js')
  for (const name of ['istio-traffic-shift', 'kubectl-traffic_shift'])
    symlinkSync(program, join(commands, name))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => routeIs())

const SHIFT = [
  ...['shift', 'VirtualService/tcp-echo', '-n', 'demo', '--subset', 'v2', '--weight', '20'],
  ...['--expect', '{v1: "^one ", v2: "^two "}'],
]

function run(program: string, words: readonly string[]): Promise<{ status: number; text: string }> {
  const node = resolve(process.execPath, '..')
  const PATH = [commands, node, process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH }
  return new Promise((done, leaks) => {
    const child = execFile(program, words, { env }, (_, stdout, stderr) => {
      const check = () => refuseLeaks(kubeconfigsOf(env), { stdout, stderr })
      release(check, () => done({ status: child.exitCode ?? -1, text: stdout + stderr }), leaks)
    })
  })
}

test('kubectl completes its plugin by the script that the packed command prints', async () => {
  const { text: script } = await run('kubectl', ['traffic-shift', 'completion', 'kubectl'])
  const file = join(commands, 'kubectl_complete-traffic_shift')
  writeFileSync(file, script, { mode: 0o700 })
  const completed = async (...words: string[]) => {
    const { text } = await run('kubectl', ['__complete', 'traffic-shift', ...words])
    return text.split('\n').slice(0, 2)
  }
  expect(await completed('roll')).toEqual([expect.stringMatching(/^rollback\t/), ':4'])
  expect(await completed('plan', '-n', 'demo', 'vs/tcp')).toEqual([
    'vs/tcp-echo\tVirtualService',
    ':4',
  ])
  expect(await completed('plan', 'HTTPR')).toEqual([expect.stringMatching(/^HTTPRoute\//), ':6'])
  expect(await completed('plan', '--report', '')).toEqual([':16', expect.anything()])
})

test('kubectl finds the packed command as its plugin traffic-shift, and passes its status on', async () => {
  const { status, text } = await run('kubectl', ['traffic-shift', ...SHIFT])
  expect(text).toContain('pass, reason within-tolerance')
  expect(status).toBe(0)
  expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
  const wrong = await run('kubectl', ['traffic-shift', 'shift', '--weight', '101'])
  expect(wrong.text).toContain('ITS-WEIGHT-INVALID')
  expect(wrong.status).toBe(2)
})

/**
 * Makes all file systems of this process read-only, and starts a command as a user without an entry in /etc/passwd and
 * without capabilities, as a Pod with runAsUser and readOnlyRootFilesystem does.
 */
const READ_ONLY = `
mount --make-rprivate /
cut -d ' ' -f 2 /proc/self/mounts | grep -vE '^/(proc|sys|dev)(/|$)' | while read -r place; do
  mount -o remount,bind,ro "$place" || true
done
for place in "$1" /tmp "$HOME"; do
  if touch "$place/written" 2> /dev/null; then exit 70; fi
done
shift
exec unshare --user --map-user=65532 --map-group=65532 "$@"
`

test('the packed command shifts as a user without a name, with a read-only file system', async () => {
  const user = await run('unshare', ['--mount', 'sh', '-c', READ_ONLY, 'sh', folder, 'id', '-u'])
  expect(user).toMatchObject({ status: 0, text: expect.stringMatching(/^65532$/m) })
  const words = [folder, 'istio-traffic-shift', ...SHIFT]
  const { status, text } = await run('unshare', ['--mount', 'sh', '-c', READ_ONLY, 'sh', ...words])
  expect(text).toContain('pass, reason within-tolerance')
  expect(status).toBe(0)
  expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
})
