import { isDeepStrictEqual } from 'node:util'
import { type ConfigRecord, createConfigRecord } from '../proxies/config-record.ts'
import { createHostCounters, type HostCounters } from '../proxies/host-stats.ts'
import {
  type Listener,
  type ListenerPlace,
  type MeshConfig,
  NO_CONFIG,
  type PlainListener,
} from './config.ts'
import type { TlsChain } from './tls/chains.ts'

/** Closes a connection whose route is no longer current. */
export type Drain = () => void

/** What a connection came in by. */
export type Chain = PlainListener | TlsChain

/** One process of a gateway, or a sidecar: its current configuration, and its connections. */
export type Replica = {
  config(): MeshConfig
  /** Its configuration before the current one. */
  former(): MeshConfig
  apply(config: MeshConfig): void
  /** Keeps its configuration and says why. */
  reject(config: MeshConfig, why: string): void
  /** Since when it has what is in its configuration. */
  record: ConfigRecord
  counters: HostCounters
  /** For how long its process has run. */
  uptimeMs(): number
  /** How long connections last after their chain was replaced. */
  drainMs: number
  /** Registers a connection that came in by a chain of a listener, until the returned function is called. */
  hold(place: ListenerPlace, chain: Chain, drain: Drain): () => void
  stop(): void
}

/**
 * A replica whose connections are closed `drainMs` after the chain by which they came in was replaced. Envoy replaces a
 * filter chain of a listener if it differs at all, and drains the connections of the previous one. The routes of HTTP
 * requests are not part of it: their changes close nothing.
 *
 * @param ageMs for how long its process has run by now
 */
export function createReplica(drainMs: number, now: () => Date, ageMs = 0): Replica {
  const startedMs = performance.now() - ageMs
  let config = NO_CONFIG
  let former = NO_CONFIG
  const record = createConfigRecord(now)
  const counters = createHostCounters()
  const held = new Map<ListenerPlace, Map<Chain, Set<Drain>>>()
  const timers = new Set<NodeJS.Timeout>()

  const drain = (old: ReadonlySet<Drain>) => {
    if (old.size === 0) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      for (const close of old) close()
    }, drainMs)
    timer.unref()
    timers.add(timer)
  }
  const keep = (place: ListenerPlace, chains: ReadonlyMap<Chain, Set<Drain>>, next: MeshConfig) => {
    const current = chainsOf(next.listeners.get(place))
    const kept = new Map<Chain, Set<Drain>>()
    for (const [chain, connections] of chains) {
      const same = current.find((one) => isDeepStrictEqual(one, chain))
      if (same === undefined) drain(connections)
      else kept.set(same, connections)
    }
    held.set(place, kept)
  }

  return {
    config: () => config,
    former: () => former,
    record,
    counters,
    drainMs,
    uptimeMs: () => performance.now() - startedMs,
    reject: (next, why) => record.rejected(config, next, why),
    apply(next) {
      const isOther = record.applied(config, next)
      // There is no configuration before the first one.
      if (isOther) former = config === NO_CONFIG ? next : config
      counters.keep(next.clusters)
      config = next
      for (const [place, chains] of held) keep(place, chains, next)
    },
    hold(place, chain, close) {
      const chains = held.get(place) ?? new Map<Chain, Set<Drain>>()
      held.set(place, chains)
      const connections = chains.get(chain) ?? new Set<Drain>()
      chains.set(chain, connections)
      connections.add(close)
      return () => connections.delete(close)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function chainsOf(listener: Listener | undefined): readonly Chain[] {
  if (listener === undefined) return []
  return listener.kind === 'plain' ? [listener] : listener.chains
}
