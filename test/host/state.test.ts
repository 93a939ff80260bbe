import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { saveIntent } from '../../src/host/state.ts'
import type { Intent } from '../../src/journal/intent.ts'
import { RunError } from '../../src/problem/run-error.ts'

const INTENT: Intent = {
  owner: 'owner',
  uid: 'uid',
  server: 'https://127.0.0.1:6443',
  context: 'sandbox',
  kubeconfig: '',
  gatewayContext: '',
  kind: 'VirtualService',
  namespace: 'demo',
  name: 'tcp-echo',
  version: 'v1',
  manualCommand: 'kubectl',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'state-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function errorOf(file: string): RunError {
  vi.stubEnv('GITHUB_STATE', file)
  try {
    saveIntent(INTENT)
  } catch (error) {
    if (error instanceof RunError) return error
    throw error
  }
  throw new Error('the state was saved')
}

/** Root may write every file, so it becomes another user for as long as this takes. */
function asUserWithoutRights<T>(act: () => T): T {
  if (process.geteuid?.() !== 0) return act()
  process.seteuid?.(65_534)
  try {
    return act()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a state that cannot be saved', () => {
  test('is reported as a folder where GITHUB_STATE names one', () => {
    const { code, message, remedy } = errorOf(folder)
    expect(code).toBe('ITS-STATE-NOT-SAVED')
    expect(message).toContain('which is a folder. Nothing was written.')
    expect(remedy).toBe('Do not set GITHUB_STATE: the runner sets it.')
  })

  test('is reported as missing where there is no such file', () => {
    expect(errorOf(path.join(folder, 'none')).message).toContain('does not exist.')
  })

  test('is reported as a full disk where the disk is full', () => {
    const { message, remedy } = errorOf('/dev/full')
    expect(message).toContain('is on a disk that is full.')
    expect(remedy).toMatch(/^Free disk space on the runner\./)
  })

  test('is reported as not permitted where the user may not write the file', () => {
    const file = path.join(folder, 'state')
    writeFileSync(file, '')
    chmodSync(folder, 0o755)
    chmodSync(file, 0o444)
    const error = asUserWithoutRights(() => errorOf(file))
    expect(error.message).toContain('is not writable by this user.')
  })
})

test('a state is appended to the file that GITHUB_STATE names', () => {
  const file = path.join(folder, 'state')
  writeFileSync(file, '')
  vi.stubEnv('GITHUB_STATE', file)
  saveIntent(INTENT)
  expect(readFileSync(file, 'utf8')).toContain('"owner":"owner"')
})
