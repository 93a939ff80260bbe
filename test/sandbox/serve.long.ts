import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ask } from '../../kit/sandbox/talk.ts'
import { askHttp } from '../../kit/sandbox/talk-http.ts'

const SERVE = new URL('../../sandbox/serve.ts', import.meta.url).pathname
const TALK = new URL('../../kit/sandbox/talk-http.ts', import.meta.url).href
const SANDBOX = new URL('../../sandbox/sandbox.ts', import.meta.url).href

/** Runs Node until it ends. Resolves to its exit code and its output. */
function run(...args: string[]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += chunk
      for (const listener of listeners) listener()
    })
  return {
    child,
    printed: () => printed,
    ended: once(child, 'close').then(([code]) => code),
    until: (expected: RegExp) =>
      new Promise<RegExpExecArray>((resolve) => {
        const look = () => {
          const found = expected.exec(printed)
          if (found !== null) resolve(found)
        }
        listeners.add(look)
        look()
      }),
  }
}

test('a process whose sandbox was used and stopped ends on its own', async () => {
  const script = `
    import { startSandbox } from '${SANDBOX}'
    import { connect } from 'node:net'
    import { once } from 'node:events'
    const sandbox = await startSandbox({ debounceMs: 5_000, replicas: 2 })
    await sandbox.faults.gateway({ kind: 'late', byMs: 60_000 })
    await sandbox.faults.destination('v1', { kind: 'slow', delayMs: 60_000 })
    const socket = connect(sandbox.gateway)
    socket.on('error', () => {})
    socket.write('hello\\n')
    await once(socket, 'connect')
    const names = { group: 'networking.istio.io', resource: 'virtualservices', namespace: 'demo', name: 'tcp-echo' }
    sandbox.objects.patch(names, { spec: { hosts: ['a.com'] } })
    await sandbox.stop()
    process.stdout.write('stopped')
  `
  const { ended, printed } = run('--input-type=module', '-e', script)
  expect(await ended).toBe(0)
  expect(printed()).toBe('stopped')
})

test('a process whose web application was used and stopped ends on its own', async () => {
  const script = `
    import { startSandbox } from '${SANDBOX}'
    import { openHttp } from '${TALK}'
    const sandbox = await startSandbox({ web: { tls: true, grpc: true }, replicas: 2 })
    const { host, http, https, authority } = sandbox.web
    const name = 'web.example.com'
    const tls = { authority }
    const ask = { host: name }
    const places = [{ host, port: http }, { host, port: http, version: '2' }, { host, port: https, tls }]
    for (const place of places) await openHttp(place, name).ask(ask)
    await sandbox.faults.destination('v1', { kind: 'slow', delayMs: 60_000 })
    for (const place of places) openHttp(place, name).ask(ask).catch(() => {})
    while (sandbox.connections.requests < 6) await new Promise((resolve) => setImmediate(resolve))
    await sandbox.stop()
    process.stdout.write('stopped')
  `
  const { ended, printed } = run('--input-type=module', '-e', script)
  expect(await ended).toBe(0)
  expect(printed()).toBe('stopped')
})

test('serve.ts names its gateway and its kubeconfig, prints commands that pass, and leaves nothing behind after Ctrl-C', async () => {
  const serve = run(SERVE, '--weights', 'v1=0,v2=100')
  const [, host = '', port = ''] = await serve.until(/gateway +([\d.]+):(\d+)/)
  const [, file = ''] = await serve.until(/kubeconfig +(\S+)/)
  await serve.until(/Ctrl-C/)
  expect(readFileSync(file, 'utf8')).toContain('server: https://127.0.0.1:')
  expect((await ask({ host, port: Number(port) })).text).toBe('two hello\n')
  const commands = [
    /node dist.+vs\/web .+ stamp/,
    /node dist.+httproute.+ stamp/,
    /node dist.+\n.+\}'/,
  ]
  for (const [command = ''] of await Promise.all(commands.map(serve.until))) {
    const shift = spawnSync('sh', ['-c', command], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env: { ...process.env, KUBECONFIG: file },
      encoding: 'utf8',
    })
    expect(shift.stdout).toContain('pass, reason within-tolerance')
  }
  serve.child.kill('SIGINT')
  expect(await serve.ended).toBe(0)
  expect(existsSync(file)).toBe(false)
})

test('serve.ts starts the application that speaks HTTP with the weights that it is given', async () => {
  const serve = run(SERVE, '--web', 'v1=0,v2=100')
  const [, host = '', port = ''] = await serve.until(/HTTP +([\d.]+):(\d+)/)
  const [, , https = ''] = await serve.until(/HTTPS +([\d.]+):(\d+)/)
  const [, file = ''] = await serve.until(/authority +(\S+)/)
  await serve.until(/Ctrl-C/)
  const ask = { host: 'web.example.com' }
  expect((await askHttp({ host, port: Number(port) }, ask)).headers['x-version']).toBe('v2')
  const tls = { authority: readFileSync(file, 'utf8') }
  expect((await askHttp({ host, port: Number(https), tls }, ask)).status).toBe(200)
  serve.child.kill('SIGINT')
  expect(await serve.ended).toBe(0)
  expect(existsSync(file)).toBe(false)
})
