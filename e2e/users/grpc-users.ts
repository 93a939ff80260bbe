import { openHttp } from '../../kit/sandbox/talk-http.ts'
import { GRPC_METHOD } from '../processes/web.ts'

/** A gRPC message without a field. */
const EMPTY = Buffer.alloc(5)

/** Calls the application's method again and again, on so many connections at once, until `stop`. */
export function startGrpcUsers(
  at: { host: string; port: number },
  host: string,
  atOnce = 4,
): { stop(): Promise<void> } {
  let isOver = false
  const one = async () => {
    const connection = openHttp({ ...at, version: '2' }, host)
    const ask = {
      ...{ host, path: GRPC_METHOD, method: 'POST', body: EMPTY },
      headers: [
        ['content-type', 'application/grpc'],
        ['te', 'trailers'],
      ] as const,
    }
    while (!isOver) await connection.ask(ask)
    connection.close()
  }
  const all = Promise.allSettled(Array.from({ length: atOnce }, one))
  return {
    async stop() {
      isOver = true
      await all
    },
  }
}
