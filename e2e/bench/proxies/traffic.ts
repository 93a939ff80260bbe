import http from 'node:http'
import { WEB_PORTS } from '../../../sandbox/tutorial/web.ts'
import { GATEWAY } from '../../processes/addresses.ts'
import { connect } from '../../processes/connect.ts'

/** A connection or request that ended. */
export type Ended = { launchedMs: number; endedMs: number; reply: string }

/** Makes one, and resolves with its reply, or with an empty text. */
export type Launch = () => Promise<string>

/** A connection to the gateway for the tutorial's application: `one`, `two` or `three`. */
export async function connection(): Promise<string> {
  const [prefix = ''] = (await connect(GATEWAY.host, GATEWAY.port)).split(' ')
  return prefix
}

/** Requests to the gateway for the web application, on connections that are kept: the name of the Pod. */
export function keptRequests(): Launch {
  const agent = new http.Agent({ keepAlive: true })
  const options = { ...GATEWAY, port: WEB_PORTS.http, headers: { host: 'web.example.com' }, agent }
  return () =>
    new Promise((resolve) => {
      http
        .get(options, (reply) => {
          let text = ''
          reply.setEncoding('utf8')
          reply.on('data', (chunk: string) => {
            text += chunk
          })
          reply.on('end', () => resolve(/"pod": "([^"]+)"/.exec(text)?.[1] ?? ''))
          reply.on('error', () => resolve(''))
        })
        .on('error', () => resolve(''))
    })
}

const IN_FLIGHT = 16

/** Launches one after the other, with 16 in flight, until `isOver`. */
export async function traffic(
  launch: Launch,
  isOver: () => boolean,
  take: (ended: Ended) => void,
): Promise<void> {
  const lane = async () => {
    while (!isOver()) {
      const launchedMs = performance.now()
      const reply = await launch()
      take({ launchedMs, endedMs: performance.now(), reply })
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}
