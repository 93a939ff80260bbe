import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Client, Took } from '../../kit/bench/wire/processes.ts'
import { pinned } from '../../kit/bench/wire/tools.ts'

/**
 * The tutorial's loop, `for i in ...; do sh -c "(date; sleep 1) | nc HOST PORT"; done`: one connection after
 * the other, a shell for each. Without its sleep it ends when the server has answered and closed. `-N` is
 * what makes OpenBSD's nc end its half with its input, as that of the tutorial's image does.
 */
export function ncLoop(name: string, said: 'date' | 'date; sleep 1', cores?: string): Client {
  return {
    name,
    async round({ host, port, connections }): Promise<Took> {
      const one = `(${said}) | nc -N ${host} ${port}`
      const loop = `i=0; while [ $i -lt ${connections} ]; do sh -c '${one}'; i=$((i+1)); done`
      const [program = '', ...given] = pinned(cores, ['sh', '-c', loop])
      const startedMs = performance.now()
      const child = spawn(program, given, { stdio: ['ignore', 'pipe', 'inherit'] })
      let replyCounts = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        replyCounts += text
      })
      await once(child, 'close')
      const answered = replyCounts.match(/^one /gm)?.length ?? 0
      const wallMs = performance.now() - startedMs
      const errors = connections - answered
      // Its processes come and go: what they cost is not measured.
      return { connections, errors, wallMs, userMs: 0, systemMs: 0, peakKib: 0 }
    },
    end: async () => undefined,
  }
}
