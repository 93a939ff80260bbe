import { Agent, get } from 'node:http'
import type { Round } from '../../kit/bench/wire/exchange.ts'

/** The yardstick for HTTP: node:http as its documentation shows it, each request on a connection of its own unless kept. */
export function plainRequests(
  authority: string,
  { host, port, connections, inFlight }: Round,
  keep: boolean,
): Promise<number> {
  const agent = keep ? new Agent({ keepAlive: true, maxSockets: inFlight }) : false
  const options = { host, port, agent, headers: { host: authority } }
  return new Promise((resolve) => {
    let launched = 0
    let ended = 0
    let failed = 0

    function launch(): void {
      if (launched === connections) return
      launched += 1
      const request = get(options, (reply) => {
        reply.resume()
        reply.on('end', () => done(reply.statusCode === 200))
      })
      request.on('error', () => done(false))
    }

    function done(answered: boolean): void {
      ended += 1
      if (!answered) failed += 1
      if (ended < connections) {
        launch()
        return
      }
      if (agent !== false) agent.destroy()
      resolve(failed)
    }

    for (let lane = 0; lane < inFlight; lane += 1) launch()
  })
}
