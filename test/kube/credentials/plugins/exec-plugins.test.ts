import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT } from '../../../../kit/docs/markdown.ts'
import { isRunning } from '../../../../kit/run/is-running.ts'
import {
  pluginOf,
  startPlugins,
  withPlugin,
} from '../../../../src/kube/credentials/plugins/exec-plugins.ts'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { startRedacting } from '../../../../src/report/redact/redact.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plugins-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function userWith(script: string, more: JsonObject = {}) {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sh',
    args: ['-c', script],
    ...more,
  }
  return withPlugin({ name: 'u', exec })
}

/** Collects the lines of a plugin as a run does: without known secrets. */
function earInto(lines: string[]) {
  const redactor = startRedacting()
  return {
    hear: (line: string) => void lines.push(redactor.redact(line)),
    onSecret: redactor.add,
  }
}

/** Prints a credential. */
function credential(status: JsonObject): string {
  return `echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`
}

/** Starts a child that would outlive it, writes both numbers to `file`, and never ends. */
function hanging(file: string): string {
  return `sleep 600 & echo $$ $! >'${file}.new'; mv '${file}.new' '${file}'; wait`
}

async function startedIn(file: string): Promise<number[]> {
  await vi.waitUntil(() => existsSync(file), { timeout: 20_000 })
  return readFileSync(file, 'utf8').trim().split(' ').map(Number)
}

test('a plugin is killed with all that it started when a SIGKILL ends the run', async () => {
  const file = path.join(folder, 'pids')
  const source = path.join(ROOT, 'src/kube/credentials/plugins/exec-plugins.ts')
  const run = `
    import { startPlugins } from ${JSON.stringify(source)}
    process.stdin.pipe(process.stdout)
    const user = ${JSON.stringify(userWith(hanging(file)))}
    await startPlugins().authenticator().applyAuthentication(user, {})`
  const running = spawn(process.execPath, ['--input-type=module', '--eval', run])
  onTestFinished(() => void running.kill('SIGKILL'))
  const pids = await startedIn(file)
  expect(pids.map(isRunning)).toEqual([true, true])
  // The plugin may write its numbers before the run has gone on from starting it.
  running.stdin.write('go on')
  await once(running.stdout, 'data')
  running.kill('SIGKILL')
  await once(running, 'exit')
  await vi.waitUntil(() => !pids.some(isRunning), { timeout: 20_000 })
})

test('a plugin is killed too when the run is killed at the moment at which it has started it', async () => {
  const file = path.join(folder, 'pids')
  const source = path.join(ROOT, 'src/kube/credentials/plugins/exec-plugins.ts')
  const run = `
    import child from 'node:child_process'
    import { syncBuiltinESMExports } from 'node:module'
    const { spawn } = child
    child.spawn = (command, args, options) => {
      const started = spawn(command, args, options)
      // Whatever is started on the way to the plugin has been started by now.
      if (String(args).includes(${JSON.stringify(file)})) process.kill(process.pid, 'SIGKILL')
      return started
    }
    syncBuiltinESMExports()
    const { startPlugins } = await import(${JSON.stringify(source)})
    const user = ${JSON.stringify(userWith(hanging(file)))}
    await startPlugins().authenticator().applyAuthentication(user, {})`
  const running = spawn(process.execPath, ['--input-type=module', '--eval', run])
  await once(running, 'exit')
  expect(running.signalCode).toBe('SIGKILL')
  await vi.waitUntil(() => !isAnyRunning(file), { timeout: 10_000 })
})

/** Whether a process has a text in its command line. */
function isAnyRunning(text: string): boolean {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  return stdout.includes(text)
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
  await expect(again).rejects.toThrow('the run has ended, so no plugin is started')
})

test('a plugin that hangs is killed when its time is up, and the call that needs it fails', async () => {
  const plugins = startPlugins(undefined, { wholeMs: 50, promptMs: 60_000 }, false)
  const asked = plugins.authenticator().applyAuthentication(userWith('sleep 600 & wait'), {})
  await expect(asked).rejects.toThrow('returned no credentials in time')
})

test('a process that a plugin left running, such as a cache, is not ended with a plugin that succeeded', async () => {
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

describe('a plugin that asks for a person', () => {
  const PROMPT = 'To sign in, open https://login.example/device and enter the code ABCD1234'

  test('is shown while it waits, and is soon ended with what it wrote', async () => {
    const lines: string[] = []
    const limits = { wholeMs: 600_000, promptMs: 20 }
    const plugins = startPlugins(earInto(lines), limits, false)
    const user = userWith(`echo '${PROMPT}' >&2; sleep 600`)
    const asked = plugins.authenticator().applyAuthentication(user, {})
    await expect(asked).rejects.toThrow(`no one can answer a prompt. It said: ${PROMPT}`)
    expect(lines).toEqual([`credential plugin sh: ${PROMPT}`])
  })

  test('is not started if it always needs a terminal and there is none', async () => {
    const file = path.join(folder, 'started')
    const user = userWith(`touch '${file}'`, { interactiveMode: 'Always' })
    const asked = startPlugins(undefined, undefined, false).authenticator()
    await expect(asked.applyAuthentication(user, {})).rejects.toThrow(
      'its interactiveMode is Always, and standard input is not a terminal',
    )
    expect(existsSync(file)).toBe(false)
  })

  test('has no such limit at a terminal', async () => {
    const limits = { wholeMs: 1, promptMs: 1 }
    const user = userWith(`echo '${PROMPT}' >&2; sleep 0.05; ${credential({ token: 't' })}`)
    const options: { headers?: Record<string, string> } = {}
    await startPlugins(undefined, limits, true).authenticator().applyAuthentication(user, options)
    expect(options.headers).toEqual({ Authorization: 'Bearer t' })
  })
})

describe('a plugin', () => {
  const asked = (script: string, more: JsonObject = {}) =>
    startPlugins(undefined, undefined, false)
      .authenticator()
      .applyAuthentication(userWith(script, more), {})

  test('is started once for calls that need it at the same time', async () => {
    const file = path.join(folder, 'starts')
    const authenticator = startPlugins().authenticator()
    const user = userWith(`echo x >>'${file}'; ${credential({ token: 't' })}`)
    await Promise.all([1, 2, 3].map(() => authenticator.applyAuthentication(user, {})))
    expect(readFileSync(file, 'utf8')).toBe('x\n')
  })

  test('that is not found is named with its install hint', async () => {
    const more = { command: 'no-such-plugin', installHint: 'Run: brew install no-such-plugin' }
    await expect(asked('true', more)).rejects.toThrow(
      'the credential plugin no-such-plugin was not found (ENOENT). Run: brew install no-such-plugin',
    )
  })

  test.each([
    ['its output', 'cat /dev/zero', /it printed more than 1 MiB/],
    ['a token for an error', 'echo eyJhbGciOiJub25l.eyJzdWIi.c2ln >&2; exit 1', /It said: \*\*\*$/],
    [
      'a key for an error',
      "printf -- '-----BEGIN K-----\\nabc\\n' >&2; exit 1",
      /It said: \*\*\*$/,
    ],
    [
      'a token for an answer',
      'echo plugin-token',
      /^the credential plugin sh printed something other than JSON/,
    ],
    [
      'nothing for an answer',
      'true',
      /^the credential plugin sh exited with status 0 and printed nothing/,
    ],
    ['another version', 'echo \'{"apiVersion":"x/v9"}\'', /its apiVersion is not/],
    ['half a certificate', credential({ clientKeyData: 'k' }), /only one of certificate and key/],
  ])(
    'that prints %s without end or sense does not get it into a message',
    async (_, script, says) => {
      const error: unknown = await asked(script).catch((reason: unknown) => reason)
      const message = error instanceof Error ? error.message : ''
      expect(message).toMatch(says)
      expect(message).not.toMatch(/eyJ|abc|plugin-token|x\/v9/)
    },
  )

  test('whose argument cannot be passed to a process is refused without repeating the argument', async () => {
    const error: unknown = await asked('secret-argument\0').catch((reason: unknown) => reason)
    expect(String(error)).toContain('could not be started')
    expect(String(error)).not.toContain('secret-argument')
  })
})

describe('a token that a plugin writes to standard error is not shown', () => {
  const TOKEN = 'tok-AbCdEf Gh'.replace(' ', '')
  const OUTPUT = JSON.stringify({ kind: 'ExecCredential', status: { token: TOKEN } })
  const BROKEN = OUTPUT.slice(0, -3)

  test.each([
    ['as a debug line before it succeeds', `echo "dbg ${TOKEN}" >&2; echo '${OUTPUT}'`],
    ['as a trace of the shell', `set -x; echo '${OUTPUT}'`],
    ['in a line that looks like a prompt', `echo "enter ${TOKEN}" >&2; echo '${OUTPUT}'`],
    ['when it then fails', `echo "dbg ${TOKEN}" >&2; echo '${OUTPUT}'; exit 1`],
    [
      'when its apiVersion is wrong',
      `echo "dbg ${TOKEN}" >&2; echo '${JSON.stringify({ apiVersion: 'x/v9', ...JSON.parse(OUTPUT) })}'`,
    ],
    ['when other lines precede its JSON', `echo "dbg ${TOKEN}" >&2; echo noise; echo '${OUTPUT}'`],
    ['when its JSON is broken', `echo "dbg ${TOKEN}" >&2; echo '${BROKEN}'`],
    ['when it prints the token alone', `echo "dbg ${TOKEN}" >&2; echo ${TOKEN}`],
  ])('%s', async (_, script) => {
    const lines: string[] = []
    const known: string[] = []
    const ear = earInto(lines)
    const onSecret = (secret: string) => {
      known.push(secret)
      ear.onSecret(secret)
    }
    const plugins = startPlugins({ ...ear, onSecret }, undefined, false)
    await plugins
      .authenticator()
      .applyAuthentication(userWith(script), {})
      .catch(() => undefined)
    expect(known).toContain(TOKEN)
    expect(lines.join('\n')).toContain('***')
    expect(lines.join('\n')).not.toContain(TOKEN)
  })
})

describe('a plugin whose file exists but cannot be started is not reported as missing:', () => {
  test.each([
    ['its interpreter does not exist', '#!/none/sh\n', 'Correct that line'],
    [
      'its lines end as on Windows',
      '#!/bin/sh\r\necho\r\n',
      'Convert the file to Unix line endings',
    ],
  ])('%s', async (_, script, says) => {
    const command = path.join(folder, 'kube-plugin')
    writeFileSync(command, script, { mode: 0o755 })
    const asked = startPlugins(undefined, undefined, false).authenticator()
    const error: unknown = await asked
      .applyAuthentication(userWith('', { command }), {})
      .catch((reason: unknown) => reason)
    expect(String(error)).toContain('the file exists, but the interpreter in its first line')
    expect(String(error)).toContain(says)
  })
})

describe('a plugin that prints an unusable credential is named:', () => {
  test.each([
    ['a token of two lines', { token: 'a\nb' }, 'its token is not one line'],
    [
      'a certificate that cannot be read',
      { clientCertificateData: 'a', clientKeyData: 'b' },
      'its certificate and key are not a pair',
    ],
  ])('%s', async (_, status, says) => {
    const asked = startPlugins(undefined, undefined, false).authenticator()
    const user = userWith(`printf %s '${JSON.stringify({ status })}'`)
    await expect(asked.applyAuthentication(user, {})).rejects.toThrow(
      `the output of the credential plugin sh cannot be used: ${says}`,
    )
  })
})

test('a byte order mark before the JSON of a plugin is ignored', async () => {
  const options: { headers?: Record<string, string> } = {}
  const user = userWith(`printf '\\357\\273\\277'; ${credential({ token: 't' })}`)
  await startPlugins(undefined, undefined, false).authenticator().applyAuthentication(user, options)
  expect(options.headers).toEqual({ Authorization: 'Bearer t' })
})

test('a user without a plugin stays as it is', () => {
  const user = { name: 'u', token: 't' }
  expect(withPlugin(user)).toBe(user)
  expect(pluginOf(user)).toBeUndefined()
  expect(pluginOf(userWith('true'))).toMatchObject({ command: 'sh' })
})
