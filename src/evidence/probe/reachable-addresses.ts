import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import type { Endpoint } from '../../kube/endpoint.ts'
import { endpointText } from '../../kube/endpoint.ts'

/** An address of an endpoint. */
export type Address = { host: string; address: string; port: number }

/** What was left out, and why, in the words of the system. */
export type LeftOut = { what: string; why: string }

export type Reachable = {
  /** Those that accept a connection, in the order given. */
  addresses: readonly Address[]
  leftOut: readonly LeftOut[]
}

export type ReachSettings = {
  /** The longest that a name server or an address may take. */
  limitMs: number
  signal: AbortSignal
  resolve?: (host: string) => Promise<string[]>
  /** How long the others may take once one has answered. */
  othersMs?: number
}

/**
 * A lost SYN is sent again after a second (RFC 6298), so an address that is reachable answers by then. An address that
 * drops all packets would otherwise cost each run its whole time limit.
 */
const OTHERS_MS = 2_000

/**
 * The addresses that accept connections: all are tried at once. A single one is used without a test, because the run's
 * first connections show more about it.
 */
export async function reachableAddresses(
  endpoints: readonly Endpoint[],
  settings: ReachSettings,
): Promise<Reachable> {
  const ended = new AbortController()
  const limit = setTimeout(
    () => ended.abort(new Error(`no answer within ${settings.limitMs} ms`)),
    settings.limitMs,
  )
  const cancel = () => ended.abort(settings.signal.reason)
  if (settings.signal.aborted) cancel()
  else settings.signal.addEventListener('abort', cancel, { once: true })
  let othersLimit: NodeJS.Timeout | undefined
  const answered = () => {
    const othersMs = settings.othersMs ?? OTHERS_MS
    othersLimit ??= setTimeout(
      () => ended.abort(new Error(`no answer ${othersMs} ms after another address`)),
      othersMs,
    )
  }
  try {
    const resolving = endpoints.map((endpoint) =>
      resolved(endpoint, settings.resolve ?? addressesOf, ended.signal),
    )
    const tried = await Promise.all(
      resolving.map(async (one) => {
        const addresses = await one
        if (!Array.isArray(addresses)) return [addresses]
        const isOnly = endpoints.length === 1 && addresses.length === 1
        if (isOnly) return addresses
        return Promise.all(addresses.map((address) => attempt(address, ended.signal, answered)))
      }),
    )
    const all = tried.flat()
    return {
      addresses: distinct(all.flatMap((one) => ('address' in one ? [one] : []))),
      leftOut: all.flatMap((one) => ('why' in one ? [one] : [])),
    }
  } finally {
    clearTimeout(limit)
    clearTimeout(othersLimit)
    settings.signal.removeEventListener('abort', cancel)
  }
}

async function resolved(
  { host, port }: Endpoint,
  resolve: (host: string) => Promise<string[]>,
  ended: AbortSignal,
): Promise<Address[] | LeftOut> {
  if (isIP(host)) return [{ host, address: host, port }]
  const found = await Promise.race([resolve(host), rejected(ended)]).catch((error: Error) => error)
  if (found instanceof Error) return { what: endpointText({ host, port }), why: found.message }
  if (found.length === 0) return { what: endpointText({ host, port }), why: 'it has no address' }
  return found.map((address) => ({ host, address, port }))
}

/** The address where it accepts a connection, else why it does not. */
async function attempt(
  address: Address,
  ended: AbortSignal,
  answered: () => void,
): Promise<Address | LeftOut> {
  try {
    await accepts(address, ended)
    answered()
    return address
  } catch (error) {
    const { host, port } = address
    const at = endpointText({ host: address.address, port })
    const what = host === address.address ? at : `${at} of ${host}`
    return { what, why: error instanceof Error ? error.message : String(error) }
  }
}

function distinct(addresses: readonly Address[]): Address[] {
  return addresses.filter(
    ({ address, port }, index) =>
      index === addresses.findIndex((other) => other.address === address && other.port === port),
  )
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

function accepts({ address, port }: Address, ended: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const stop = () => socket.destroy(errorOf(ended.reason))
    socket.once('connect', () => {
      resolve()
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => ended.removeEventListener('abort', stop))
    if (ended.aborted) stop()
    else ended.addEventListener('abort', stop, { once: true })
  })
}

function rejected(ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(errorOf(ended.reason))
    if (ended.aborted) stop()
    else ended.addEventListener('abort', stop, { once: true })
  })
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
