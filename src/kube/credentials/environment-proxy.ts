import { BlockList, isIP, isIPv4 } from 'node:net'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for a server; undefined if there is none. It is read as in kubectl and other programs
 * in Go, including CIDRs in NO_PROXY. Source: golang.org/x/net/http/httpproxy.
 */
export function environmentProxy(server: URL, environment: Environment): string | undefined {
  const name = proxyVariable(server, environment)
  if (name === undefined || !usesProxy(server, noProxyOf(environment))) return undefined
  const named = environment[name] ?? ''
  const text = [named, `http://${named}`].find(
    (each) => URL.canParse(each) && new URL(each).host !== '',
  )
  const url = text === undefined ? undefined : new URL(text)
  if (url === undefined || !/^(?:https?|socks5h?):$/.test(url.protocol))
    throw new Error(
      `the environment variable ${name} must be the URL of a proxy (http, https or socks5), such as http://proxy.example:3128. If the server needs no proxy, add ${server.hostname} to NO_PROXY`,
    )
  return url.href
}

/** The variable that names the proxy for a server, if there is one. */
export function proxyVariable(server: URL, environment: Environment): string | undefined {
  const names =
    server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  return names.find((name) => environment[name])
}

function noProxyOf(environment: Environment): string {
  return environment.NO_PROXY || environment.no_proxy || ''
}

function usesProxy(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || isLoopback(host)) return false
  const entries = noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
  return !entries.includes('*') && !entries.some((entry) => matches(entry, host, port))
}

function isLoopback(host: string): boolean {
  return contains('127.0.0.0/8', host) === true || host === '::1'
}

/** Whether an entry of NO_PROXY names a host: an address, a range, a domain with all below it, or one with a port. */
function matches(entry: string, host: string, port: string): boolean {
  const inRange = contains(entry, host)
  if (inRange !== undefined) return inRange
  const split = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(entry)
  const name = (split ? (split[1] ?? split[2] ?? '') : entry).replace(/^\*(?=\.)/, '')
  if (name === '' || (split && split[3] !== port)) return false
  if (isIP(name) || isIP(host)) return isIP(name) > 0 && isIP(host) > 0 && sameAddress(name, host)
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`)
}

/** Whether a host is an address in a range; undefined if the text is not a range. */
function contains(range: string, host: string): boolean | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? []
  if (!isIP(address) || Number(bits) > (isIPv4(address) ? 32 : 128)) return undefined
  const list = new BlockList()
  list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
  return isIP(host) > 0 && list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6')
}

function sameAddress(a: string, b: string): boolean {
  const list = new BlockList()
  list.addAddress(a, isIPv4(a) ? 'ipv4' : 'ipv6')
  return list.check(b, isIPv4(b) ? 'ipv4' : 'ipv6')
}
