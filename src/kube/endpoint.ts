import { isIPv6 } from 'node:net'

/** An address to connect to. */
export type Endpoint = { host: string; port: number }

/** `host:port` or `[v6]:port`; undefined for any other text. Ports are 1 to 65535. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text)
  if (!parts) return undefined
  const [, v6, host, portText] = parts
  const port = Number(portText)
  if (port < 1 || port > 65535) return undefined
  if (v6 !== undefined) return isIPv6(v6) ? { host: v6, port } : undefined
  return host === undefined ? undefined : { host, port }
}

/** The text form that `parseEndpoint` reads. */
export function endpointText(endpoint: Endpoint): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`
}
