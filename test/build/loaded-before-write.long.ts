import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../kit/run/gate.ts'
import { hasJournal, weightsOn, writes } from '../../kit/run/object.ts'
import { type Running, startEntry } from '../../kit/run/step.ts'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import type { Intent } from '../../src/journal/intent.ts'

const DIST = path.resolve(import.meta.dirname, '..', '..', 'dist')
const SHIFT = ['--namespace', 'demo', '--virtual-service', 'tcp-echo', '--subset', 'v2']
const EXPECT = ['--expect', '{v1: "^one ", v2: "^two "}']

let sandbox: Sandbox
let folder: string
let dist: string
beforeEach(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(path.join(tmpdir(), 'upgrade-'))
  dist = path.join(folder, 'dist')
  cpSync(DIST, dist, { recursive: true })
  writeFileSync(path.join(folder, 'kubeconfig'), sandbox.kubeconfig)
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await sandbox.stop()
})

/** The command line of the copy that a test may delete. */
function shift(...words: readonly string[]): Running {
  const report = ['--report', path.join(folder, 'report')]
  return startEntry(
    `/${path.relative('/', path.join(dist, 'cli', 'index.js'))}`,
    { PATH: process.env.PATH ?? '', KUBECONFIG: path.join(folder, 'kubeconfig') },
    ['shift', ...SHIFT, ...EXPECT, ...report, ...words],
  )
}

/** Deletes all files of the program when the first write is stored. Its answer is sent afterwards. */
async function deletedAtFirstWrite(): Promise<{ deleted: Promise<void> }> {
  const deleted = gate()
  const act = hooks({
    after: async () => {
      rmSync(dist, { recursive: true })
      deleted.open()
    },
  })
  await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
  return { deleted: deleted.reached }
}

const reports = () => globSync('report/*', { cwd: folder }).sort()
const ALL_REPORTS = ['report/report.html', 'report/report.json', 'report/summary.md']

describe('a program whose files are deleted after the first write', () => {
  test('confirms the weights and writes its report', async () => {
    await deletedAtFirstWrite()
    const { status, text } = await shift('--weight', '20').ended
    expect(existsSync(dist)).toBe(false)
    expect(text).toContain('pass, reason within-tolerance')
    expect(status).toBe(0)
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox)).toBe(false)
    expect(reports()).toEqual(ALL_REPORTS)
  })

  test('restores the previous weights and writes its report if the check fails', async () => {
    const before = weightsOn(sandbox)
    await deletedAtFirstWrite()
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { status } = await shift('--weight', '20', '--probe-timeout', '1s').ended
    expect(existsSync(dist)).toBe(false)
    expect(status).toBe(1)
    expect(weightsOn(sandbox)).toEqual(before)
    expect(hasJournal(sandbox)).toBe(false)
    expect(reports()).toEqual(ALL_REPORTS)
  })

  test('restores the previous weights and writes its report if it is cancelled', async () => {
    const before = weightsOn(sandbox)
    const { deleted } = await deletedAtFirstWrite()
    const running = shift('--weight', '20')
    await deleted
    running.process.kill('SIGINT')
    expect(await running.ended).toMatchObject({ status: 130 })
    expect(weightsOn(sandbox)).toEqual(before)
    expect(hasJournal(sandbox)).toBe(false)
    expect(reports()).toEqual(ALL_REPORTS)
  })
})

describe('a program that is upgraded between its start and its first write', () => {
  test('writes nothing and says that it can be run again', async () => {
    const before = weightsOn(sandbox)
    for (const chunk of globSync('programs/*.*.js', { cwd: dist })) rmSync(path.join(dist, chunk))
    const { status, text } = await shift('--weight', '20').ended
    expect(status).toBe(4)
    expect(text).toMatch(/^Nothing was written\. A file of this program could not be loaded \(/)
    expect(text).not.toMatch(/^ +at /m)
    expect(writes(sandbox)).toEqual([])
    expect(weightsOn(sandbox)).toEqual(before)
  })

  test('finds no files of another version under the names of its own', () => {
    const [first = '', ...others] = globSync('programs/*.*.js', { cwd: dist }).map(
      (file) => file.split('.')[1] ?? '',
    )
    expect(first).toMatch(/^[0-9a-f]{12}$/)
    expect(others.filter((hash) => hash !== first)).toEqual([])
    expect(readFileSync(path.join(dist, 'programs', 'index.js'), 'utf8')).toContain(
      `".${first}.js"`,
    )
  })
})

describe('a post step whose files are gone', () => {
  const INTENT: Intent = {
    ...{ owner: 'o', uid: 'u', server: 's', context: 'c', kubeconfig: '', gatewayContext: '' },
    ...{ kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo', version: 'v1' },
    manualCommand: 'kubectl patch',
  }

  test('says which weights may be in force, and how to restore the previous ones', async () => {
    for (const chunk of globSync('programs/*.*.js', { cwd: dist })) rmSync(path.join(dist, chunk))
    const file = path.relative('/', path.join(dist, 'post', 'index.js'))
    const { status, text } = await startEntry(`/${file}`, {
      PATH: process.env.PATH ?? '',
      STATE_intent: JSON.stringify(INTENT),
    }).ended
    expect(status).toBe(1)
    expect(text.replaceAll('%0A', '\n')).toMatch(
      /^::error::demo\/tcp-echo may still have the weights of the killed run\. A file of this program could not be loaded \([\s\S]*\)\. Restore the previous ones with kubectl:\n {2}kubectl patch\n$/,
    )
  })
})
