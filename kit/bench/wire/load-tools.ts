import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Client, Took } from './processes.ts'

/** What the load tools request, as often as a round says. */
export type Target = { url: (host: string, port: number) => string; name: string; keeps: boolean }

/** hey (package hey), which sends a given number of requests. Each round is a process of its own. */
export function hey(name: string, target: Target): Client {
  return loadTool(name, ({ host, port, connections, inFlight }) => [
    ...['hey', '-n', String(connections), '-c', String(inFlight), '-host', target.name],
    ...(target.keeps ? [] : ['-disable-keepalive']),
    target.url(host, port),
  ])
}

/** wrk (package wrk), which sends requests for a second. Each round is a process of its own. */
export function wrk(name: string, target: Target): Client {
  return loadTool(name, ({ host, port, inFlight }) => [
    ...['wrk', '--threads', '1', '--connections', String(inFlight), '--duration', '1s'],
    ...['--header', `Host: ${target.name}`],
    ...(target.keeps ? [] : ['--header', 'Connection: close']),
    target.url(host, port),
  ])
}

/** The load tools of these that are installed. */
export function installed(clients: readonly { program: string; client: Client }[]): Client[] {
  return clients
    .filter(({ program }) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0)
    .map(({ client }) => client)
}

type Round = Parameters<Client['round']>[0]

function loadTool(name: string, commandOf: (round: Round) => readonly string[]): Client {
  return {
    name,
    async round(round) {
      // The shell's `time` measures its child.
      const timed = 'TIMEFORMAT="took %R %U %S"; time "$@"'
      const child = spawn('bash', ['-c', timed, 'bash', ...commandOf(round)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
      await once(child, 'close')
      return tookOf(text)
    },
    end: async () => undefined,
  }
}

function tookOf(text: string): Took {
  const [, wall = '', user = '', system = ''] = /took ([\d.]+) ([\d.]+) ([\d.]+)/.exec(text) ?? []
  const milliseconds = (seconds: string) => Number(seconds) * 1000
  const times = { userMs: milliseconds(user), systemMs: milliseconds(system), peakKib: 0 }
  const [, requests] = /(\d+) requests in/.exec(text) ?? []
  if (requests !== undefined) {
    const failed = [...text.matchAll(/(?:Non-2xx or 3xx responses|timeout|connect): (\d+)/g)]
    const connections = Number(requests)
    return { connections, errors: sumOf(failed), wallMs: milliseconds(wall), ...times }
  }
  const answered = sumOf([...text.matchAll(/\[200\]\s+(\d+) responses/g)])
  const others = sumOf([...text.matchAll(/\[(?!200)\d+\]\s+(\d+) responses/g)])
  const connections = answered + others
  if (connections === 0) throw new Error(`no request in:\n${text}`)
  return { connections, errors: others, wallMs: milliseconds(wall), ...times }
}

function sumOf(matches: readonly RegExpMatchArray[]): number {
  return matches.reduce((sum, [, count]) => sum + Number(count), 0)
}
