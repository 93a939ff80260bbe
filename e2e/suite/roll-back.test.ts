import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { objectAt, parseJson, textsAt } from '../../sandbox/objects/json.ts'
import { readmeRole } from '../objects/readme-role.ts'
import { accountWith } from '../objects/service-account.ts'
import { API_PORT, GATEWAY } from '../processes/addresses.ts'
import { ended, step } from './support/job.ts'
import {
  api,
  gatewaySplits,
  journalsOn,
  readRoute,
  routeIs,
  routeText,
  versionOf,
  weightsOn,
} from './support/route.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'index.js')
const OBJECT = ['--namespace', 'demo', '--virtual-service', 'tcp-echo']

let kubeconfig: string
let before: string
beforeEach(async () => {
  await routeIs({ v1: 80, v2: 20 })
  before = await routeText()
  kubeconfig = await leastRights()
})

let accounts = 0

/** The kubeconfig of an account that may get and patch the one VirtualService, and nothing else. */
async function leastRights(): Promise<string> {
  accounts += 1
  const { namespace, rules } = readmeRole()
  const least = rules.filter((rule) => textsAt(rule, 'resources').includes('virtualservices'))
  return accountWith(api, API_PORT, `roller-${accounts}`, [{ namespace, rules: least }])
}

/** Runs the built command line with that kubeconfig. */
function cli(
  mode: string,
  ...more: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'roll-back-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CLI, mode, ...OBJECT, '--kubeconfig', file, ...more],
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/**
 * A shift of the built action that has written 60% for v2 and is still checking it: at its rate the connections take 200
 * s.
 */
async function liveShift() {
  const shift = step({
    kubeconfig,
    endpoint: `${GATEWAY.host}:${GATEWAY.port}`,
    subset: 'v2',
    weight: '60',
    rate: '5',
    connections: '1000',
    timeout: '60s',
  })
  const main = shift.main()
  await main.line(/^Written/m)
  return { shift, main }
}

async function killedShift(): Promise<void> {
  const { main } = await liveShift()
  main.process.kill('SIGKILL')
  expect(await main.ended).toMatchObject({ signal: 'SIGKILL' })
  expect(await weightsOn()).toEqual({ v1: 40, v2: 60 })
}

describe('with only get and patch of the one VirtualService', () => {
  test('status shows a killed run and only reads, and rollback restores the weights', async () => {
    await killedShift()
    const version = await versionOf()
    const shown = await cli('status', '--output', 'json')
    expect(shown.status).toBe(5)
    expect(parseJson(shown.stdout)).toMatchObject({
      verdict: 'in-progress',
      reason: 'journal',
      weights: { v1: 40, v2: 60 },
      journal: {
        live: true,
        rule: 'tcp:31400',
        written: { v1: 40, v2: 60 },
        restoreTo: { v1: 80, v2: 20 },
        rollback: 'restore',
      },
    })
    expect(await versionOf()).toBe(version)

    const restored = await cli('rollback')
    expect(restored).toMatchObject({ status: 0 })
    expect(restored.stdout).toContain('demo/tcp-echo is restored: v1 80%, v2 20%')
    expect(await routeText()).toBe(before)
    await gatewaySplits({ v1: 80, v2: 20 })
    expect((await cli('status')).status).toBe(0)
    expect(await cli('rollback')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing-to-restore'),
    })
  })

  test('a running shift that is rolled back ends as changed-by-other, and the previous weights stay', async () => {
    const { shift, main } = await liveShift()
    expect(await cli('rollback')).toMatchObject({ status: 0 })
    const { status, outputs } = await ended(shift, main)
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ reason: 'changed-by-other', 'rolled-back': 'false' })
    expect(await routeText()).toBe(before)
    expect(await journalsOn()).toEqual([])
  })

  test('rollback keeps weights that another client has written since', async () => {
    await killedShift()
    const route = await readRoute()
    const spec = structuredClone(objectAt(route, 'spec'))
    const text = JSON.stringify(spec)
      .replace('"weight":40', '"weight":70')
      .replace('"weight":60', '"weight":30')
    await api.merge(route, { spec: parseJson(text) })
    const { status, stdout, stderr } = await cli('rollback')
    expect(status).toBe(4)
    expect(stdout + stderr).toContain('changed-by-other')
    expect(await weightsOn()).toEqual({ v1: 70, v2: 30 })
    expect(await journalsOn()).toEqual([])
  })
})

test('a copy of an object in the middle of a shift is not restored from the copied journal', async () => {
  await killedShift()
  const { metadata, ...rest } = await readRoute()
  const { name, namespace, annotations } = metadata
  await api.remove({ ...rest, metadata })
  await api.create({
    ...rest,
    metadata: { name, namespace: namespace ?? 'demo', annotations: annotations ?? {} },
  })
  const copied = await routeText()
  const { status, stdout, stderr } = await cli('rollback')
  expect(status).toBe(4)
  expect(stdout + stderr).toContain('carries the journal of another object')
  expect(await routeText()).toBe(copied)
  expect(await weightsOn()).toEqual({ v1: 40, v2: 60 })
})
