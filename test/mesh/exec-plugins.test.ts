import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pluginOf, startPlugins, withPlugin } from '../../src/mesh/exec-plugins.ts'
import { isRunning } from '../support/is-running.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plugins-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function userWith(script: string) {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sh',
    args: ['-c', script],
  }
  return withPlugin({ name: 'u', exec })
}

/** Starts a child that would outlive it, writes both numbers to `file`, and never ends. */
function hanging(file: string): string {
  return `sleep 600 & echo $$ $! >'${file}.new'; mv '${file}.new' '${file}'; wait`
}

async function startedIn(file: string): Promise<number[]> {
  await vi.waitUntil(() => existsSync(file))
  return readFileSync(file, 'utf8').trim().split(' ').map(Number)
}

test('a plugin that hangs is killed with all that it started when the run ends', async () => {
  const plugins = startPlugins()
  const file = path.join(folder, 'pids')
  const asked = plugins.authenticator().applyAuthentication(userWith(hanging(file)), {})
  const ended = expect(asked).rejects.toThrow()
  const pids = await startedIn(file)
  expect(pids.map(isRunning)).toEqual([true, true])
  plugins.end()
  await ended
  await vi.waitUntil(() => !pids.some(isRunning))
  const again = plugins.authenticator().applyAuthentication(userWith('true'), {})
  await expect(again).rejects.toThrow('no plugin is started any more')
})

test('a plugin that hangs is killed when its time is up, and what is asked of it then fails', async () => {
  const plugins = startPlugins(50)
  const asked = plugins.authenticator().applyAuthentication(userWith('sleep 600 & wait'), {})
  await expect(asked).rejects.toThrow()
})

test('what a plugin that came to its end left running stays: it may be its cache', async () => {
  const plugins = startPlugins()
  const file = path.join(folder, 'pids')
  const script = `sleep 600 >/dev/null 2>&1 & echo $! >'${file}'; echo '{"status":{"token":"t"}}'`
  const options: { headers?: Record<string, string> } = {}
  await plugins.authenticator().applyAuthentication(userWith(script), options)
  expect(options.headers).toEqual({ Authorization: 'Bearer t' })
  plugins.end()
  const [left = 0] = await startedIn(file)
  expect(isRunning(left)).toBe(true)
  process.kill(left)
})

test('a user without a plugin is left as it is', () => {
  const user = { name: 'u', token: 't' }
  expect(withPlugin(user)).toBe(user)
  expect(pluginOf(user)).toBeUndefined()
  expect(pluginOf(userWith('true'))).toMatchObject({ command: 'sh' })
})
