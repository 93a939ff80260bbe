import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { GATEWAY } from '../processes/addresses.ts'

/** Where requests of users go, and for which host. */
export type UsersTarget = { url: string; host: string }

const OF_GATEWAY = {
  url: `http://${GATEWAY.host}:${WEB_PORTS.http}/`,
  host: 'web.example.com',
}

/** Load generators of others, each as users may be: on a few kept connections, at a rate, with a connection for each request. */
export const GENERATORS = {
  wrk: (url: string, host: string) => [
    ...['wrk', '-t', '1', '-c', '2', '-d', '3600s', '-H', `Host: ${host}`, url],
  ],
  fortio: (url: string, host: string) => ['fortio', url, host, '400', '8', '3600s'],
  hey: (url: string, host: string) => [
    ...['hey', '-z', '3600s', '-c', '8', '-q', '40', '-disable-keepalive', '-host', host, url],
  ],
} as const

export type Generator = keyof typeof GENERATORS

/** Lets a load generator be the users until `stop`. */
export async function startUsers(
  generator: Generator,
  { url, host }: UsersTarget = OF_GATEWAY,
): Promise<{ stop(): Promise<void> }> {
  const [program = '', ...given] = GENERATORS[generator](url, host)
  const child: ChildProcess = spawn(program, given, { stdio: 'ignore' })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  await Promise.race([once(child, 'spawn'), failed])
  failed.catch(() => undefined)
  const ended = once(child, 'exit')
  return {
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
