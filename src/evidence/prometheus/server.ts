import type { RequestHeader } from '../probe/http/http-probe-settings.ts'

/** A server with the HTTP API of Prometheus, as the inputs describe it. */
export type PrometheusServer = {
  /** Without credentials in what is shown of it: `shownServer`. */
  url: string
  headers: readonly RequestHeader[]
}

const PATH = '/api/v1/query'

/** The server with its path, for messages. What else an address has may be a secret. */
export function shownServer({ url }: Pick<PrometheusServer, 'url'>): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${basePath(pathname)}`
}

/** The address of instant queries. Parameters that the server's address has are kept, as for Thanos. */
export function queryUrl({ url }: Pick<PrometheusServer, 'url'>): URL {
  const address = new URL(url)
  address.pathname = `${basePath(address.pathname)}${PATH}`
  return address
}

/** A path as people copy it, up to what the API adds. */
function basePath(pathname: string): string {
  return pathname.replace(/\/+$/, '').replace(/\/api\/v1(?:\/query)?$/, '')
}
