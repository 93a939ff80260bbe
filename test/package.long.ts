import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linksOf, pages } from '../kit/docs/markdown.ts'
import { CHILD_ENVIRONMENT } from '../kit/run/child-environment.ts'
import { kubeconfigsOf, refuseLeaks, release } from '../kit/run/leaks.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { documentationOf } from '../src/problem/codes.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** npm is slow on a busy machine. How long it takes does not matter here. */
const NPM_MS = 120_000

let folder: string
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'package-'))
  writeFileSync(join(folder, 'kubeconfig'), sandbox.kubeconfig)
  const place = join(folder, 'place')
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{"private":true}')
  await run(ROOT, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder)
  const [packed = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  await run(place, 'npm', 'install', '--offline', '--ignore-scripts', join(folder, packed))
}, NPM_MS)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

type Ended = { status: number; stdout: string; stderr: string }

/** Runs a command without the variables that an npm around this test has set. */
function run(cwd: string, command: string, ...words: string[]): Promise<Ended> {
  const { HOME = '' } = process.env
  const env = {
    ...CHILD_ENVIRONMENT,
    HOME,
    KUBECONFIG: join(folder, 'kubeconfig'),
    npm_config_audit: 'false',
  }
  const kubeconfigs = kubeconfigsOf(env)
  return new Promise((done, leaks) => {
    const child = execFile(command, words, { cwd, env }, (_, stdout, stderr) => {
      const check = () => refuseLeaks(kubeconfigs, { stdout, stderr })
      release(check, () => done({ status: child.exitCode ?? -1, stdout, stderr }), leaks)
    })
  })
}

const npx = (...words: string[]) =>
  run(join(folder, 'place'), 'npx', '--no-install', 'istio-traffic-shift', ...words)

/** The files of the package as it is installed. */
function installedFiles(): string[] {
  const home = join(folder, 'place', 'node_modules', 'istio-traffic-shift')
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => relative(home, join(file.parentPath, file.name)))
    .sort()
}

test('the package has the programs, the README and the documentation, and no dependencies', () => {
  const installed = readdirSync(join(folder, 'place', 'node_modules'))
  expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['istio-traffic-shift'])
  const isDocumentation = (file: string) => /^(?:docs|examples)\//.test(file)
  const files = installedFiles().filter((file) => !isDocumentation(file))
  const isChunk = (file: string) => /^dist\/programs\/\d+\.[0-9a-f]{12}\.js$/.test(file)
  expect(files.filter(isChunk).length).toBeGreaterThan(0)
  expect(files.filter((file) => !isChunk(file))).toEqual([
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'action.yml',
    'dist/action/index.js',
    'dist/action/package.json',
    'dist/cli/index.js',
    'dist/cli/package.json',
    'dist/post/index.js',
    'dist/post/package.json',
    'dist/programs/index.js',
    'dist/programs/package.json',
    'man/istio-traffic-shift.1',
    'package.json',
  ])
})

test('the package has the page that a problem refers to, and what README and docs link to', () => {
  const files = installedFiles()
  expect(files).toContain(documentationOf('ITS-LOCKED').split('#')[0])
  const links = pages('README.md', 'docs/*.md').flatMap((page) =>
    linksOf(page)
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
      .map((link) => normalize(join(dirname(page.file), link.split('#')[0] ?? ''))),
  )
  // What these two describe needs a checkout.
  const missing = new Set(
    links.filter((file) => !files.some((one) => `${one}/`.startsWith(`${file}/`))),
  )
  expect([...missing].sort()).toEqual(['bench/README.md', 'e2e/README.md'])
})

test(
  'npx runs the installed command',
  async () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    )
    expect(await npx('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` })
    const help = await npx('--help')
    expect(help.status).toBe(0)
    expect(help.stdout).toContain('Usage: istio-traffic-shift MODE VirtualService/NAME')
    const object = ['--namespace', 'demo', '--virtual-service', 'tcp-echo']
    const planned = await npx('plan', ...object, '--subset', 'v2', '--weight', '20')
    expect(planned.stdout).toMatch(/v2 would go from 0% to 20%/)
    expect(planned.status).toBe(0)
  },
  NPM_MS,
)

test('the package has the command by the name that kubectl finds as its plugin traffic-shift', () => {
  const commands = readdirSync(join(folder, 'place', 'node_modules', '.bin'))
  expect(commands.sort()).toEqual(['istio-traffic-shift', 'kubectl-traffic_shift'])
})
