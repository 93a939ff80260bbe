import { once } from 'node:events'
import { createServer } from 'node:http'

/** What a Pod's sidecar answers at its ports 15020 and 15021. */
export type SidecarHealth = { port: number; hasQuit(): boolean; stop(): void }

export async function startSidecarHealth(isReady: () => boolean): Promise<SidecarHealth> {
  let quit = false
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'GET' && request.url === '/healthz/ready')
      return void response.writeHead(isReady() ? 200 : 503).end()
    if (request.method === 'POST' && request.url === '/quitquitquit') {
      quit = true
      return void response.end('OK')
    }
    response.writeHead(404).end()
  })
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hasQuit: () => quit,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
