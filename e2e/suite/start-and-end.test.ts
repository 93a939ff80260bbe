import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { within } from '../processes/within.ts'

/** What npm run e2e and npm run mesh do around the mesh. The tests start a second mesh next to the first one. */

const E2E = join(import.meta.dirname, '..')

type Started = { process: ChildProcess; text: () => string; ended: Promise<number | null> }

/** Starts one of the scripts in its own process group, as a shell does. */
function start(script: string, environment: NodeJS.ProcessEnv = process.env): Started {
  const child = spawn(process.execPath, [join(E2E, script)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  }
  // Not the event `close`, which would wait for other processes with the same output. There must be none.
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { process: child, text: () => text, ended }
}

/** How many processes of each program run. The name of a thread is that of its program. */
function running(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const name = nameOf(pid)
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** The program of a running process. */
function nameOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return /\) [ZX] /.test(stat) ? undefined : readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

function meshFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('istio-mesh-'))
}

/** Some ten seconds on a quiet machine with two cores. */
test('the mesh was ready within a minute', () => {
  expect(Number(process.env.MESH_READY_SECONDS)).toBeGreaterThan(0)
  expect(Number(process.env.MESH_READY_SECONDS)).toBeLessThan(60)
})

test('npm run mesh prints the kubeconfig, the address and what to try, and after Ctrl-C nothing is left', async () => {
  const before = running()
  const mesh = start('mesh.ts')
  await within(50_000, 'the greeting', () => mesh.text().includes('Three commands to try'))
  expect(mesh.text()).toMatch(/kubeconfig {2}\/\S+\ngateway {5}192\.0\.2\.10:31400/)
  expect(running()['kube-apiserver']).toBe(2)
  process.kill(-(mesh.process.pid ?? 0), 'SIGINT')
  expect(await mesh.ended).toBe(130)
  await within(5000, 'the end of all its processes', () => sameCounts(running(), before))
  expect(meshFolders()).toEqual([])
})

test.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s during the start ends everything that was started',
  async (signal) => {
    const before = running()
    const mesh = start('mesh.ts')
    await within(20_000, 'its etcd', () => running().etcd === 2)
    mesh.process.kill(signal)
    await mesh.ended
    await within(5000, 'the end of all its processes', () => sameCounts(running(), before))
  },
)

test('what is missing on the machine is listed, with the command that installs it', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'empty-'))
  const bare = start('run.ts', { PATH: empty, XDG_CACHE_HOME: empty })
  expect(await bare.ended).toBe(1)
  const lines = bare.text().trim().split('\n')
  const missing = lines.filter((line) => line.startsWith('missing: ')).map((line) => line.slice(9))
  expect(missing).toEqual([
    'curl',
    'ip',
    'mount',
    'openssl',
    'setpriv',
    'unshare',
    expect.stringMatching(/^Go 1\.21 or later/),
    'python3',
  ])
  const remedies = lines.filter((line) => line.startsWith('  sudo '))
  expect(remedies).toHaveLength(missing.length)
  expect(readdirSync(empty)).toEqual([])
})

/** An empty cache, and replacements of Go and Python that run these scripts. */
function workshop(go: string, python: string): { environment: NodeJS.ProcessEnv; cache: string } {
  const folder = mkdtempSync(join(tmpdir(), 'workshop-'))
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')]
  for (const made of [bin, cache]) mkdirSync(made)
  const asked = 'case "$*" in "env GOVERSION") echo go1.26.0; exit;; *--version) exit;; esac'
  for (const [name, script] of Object.entries({ go, python3: python })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${asked}\n${script}\n`, { mode: 0o755 })
  }
  const PATH = `${bin}:${process.env.PATH}`
  return { environment: { ...process.env, PATH, XDG_CACHE_HOME: cache }, cache }
}

/** What a build has left in a cache: complete parts, and incomplete ones if there are any. */
function leftIn(cache: string): string[] {
  return readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.split('/').length > 2)
    .map((name) => name.split('/').slice(2).join('/'))
    .sort()
}

test('an interrupted build ends what it started and leaves no incomplete part', async () => {
  const before = running()
  const { environment, cache } = workshop('exec sleep 1000', 'exec sleep 1001')
  const run = start('run.ts', environment)
  await within(10_000, 'both at work', () => running().sleep === (before.sleep ?? 0) + 2)
  run.process.kill('SIGTERM')
  expect(await run.ended).toBe(143)
  await within(5000, 'the end of both', () => running().sleep === before.sleep)
  expect(leftIn(cache)).toEqual(['bin'])
})

test('a build that fails reports the cause, and ends its other processes', async () => {
  const before = running()
  const { environment, cache } = workshop('echo no such module >&2; exit 1', 'exec sleep 1001')
  const run = start('run.ts', environment)
  expect(await run.ended).toBe(1)
  expect(run.text()).toContain('no such module')
  await within(5000, 'the end of the download', () => running().sleep === before.sleep)
  expect(leftIn(cache)).toEqual(['bin'])
})

function sameCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean {
  const programs = ['etcd', 'kube-apiserver', 'pilot-discovery', 'envoy', 'unshare', 'setpriv']
  return programs.every((name) => a[name] === b[name])
}
