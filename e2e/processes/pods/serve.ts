import { createServer } from 'node:http'
import type { PodLog } from '../../../sandbox/jobs/pod-log.ts'
import { ADMIN_PORTS } from '../addresses.ts'
import { isOk } from '../http.ts'

/** Serves logs as a kubelet does: `/containerLogs/NAMESPACE/POD/CONTAINER`. */
export function serveLogs(address: string, logOf: (pod: string) => PodLog | undefined): void {
  const [host, port] = address.split(':')
  createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://pods')
    if (pathname === '/healthz') return void response.end('ok')
    const [, , namespace, pod] = pathname.split('/')
    const log = logOf(`${namespace}/${pod}`)
    if (log === undefined) return void response.writeHead(404).end('no such Pod')
    const since = query.get('sinceTime')
    const tail = query.get('tailLines')
    const body = log.read({
      follow: query.get('follow') === 'true',
      timestamps: query.get('timestamps') === 'true',
      ...(since !== null && { since: new Date(since) }),
      ...(tail !== null && { tail: Number(tail) }),
    })
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.on('close', () => body.destroy())
    body.pipe(response)
  }).listen(Number(port), host)
}

/**
 * The ports at which the agent of a sidecar says whether its Envoy is ready, and ends it. Here Envoys run on: those of the
 * clients are the sidecars of all Pods.
 */
export function serveSidecars(port: number): void {
  createServer(async (request, response) => {
    request.resume()
    const isReady = request.method !== 'GET' || (await areReady())
    response.writeHead(isReady ? 200 : 503).end()
  }).listen(port, '127.0.0.1')
}

async function areReady(): Promise<boolean> {
  const admins = [ADMIN_PORTS.client, ADMIN_PORTS.otherClient]
  return Promise.all(admins.map((port) => isOk(`http://127.0.0.1:${port}/ready`))).then(
    () => true,
    () => false,
  )
}
