import { isDeepStrictEqual } from 'node:util'
import { type MeshConfig, NO_CONFIG } from './config.ts'

/** Closes a connection whose route is no longer current. */
export type Drain = () => void

/** One gateway process: its current configuration, and its connections. */
export type Replica = {
  config(): MeshConfig
  /** Its configuration before the current one. */
  former(): MeshConfig
  apply(config: MeshConfig): void
  /** Registers a connection on a port until the returned function is called. */
  hold(port: number, drain: Drain): () => void
  stop(): void
}

/**
 * A replica whose connections are closed `drainMs` after the listener of their port was replaced. Envoy replaces the
 * filter chain of a listener if it differs at all, and drains the connections of the previous one. The routes of HTTP
 * requests are not part of a listener: their changes close nothing.
 */
export function createReplica(drainMs: number): Replica {
  let config = NO_CONFIG
  let former = NO_CONFIG
  const held = new Map<number, Set<Drain>>()
  const timers = new Set<NodeJS.Timeout>()

  const drain = (port: number) => {
    const old = held.get(port)
    if (old === undefined || old.size === 0) return
    held.delete(port)
    const timer = setTimeout(() => {
      timers.delete(timer)
      for (const close of old) close()
    }, drainMs)
    timer.unref()
    timers.add(timer)
  }

  return {
    config: () => config,
    former: () => former,
    apply(next) {
      const ports = new Set([...config.listeners.keys(), ...next.listeners.keys()])
      const changed = [...ports].filter(
        (port) => !isDeepStrictEqual(config.listeners.get(port), next.listeners.get(port)),
      )
      const isOther = changed.length > 0 || !isDeepStrictEqual(config.routes, next.routes)
      // There is no configuration before the first one.
      if (isOther) former = config === NO_CONFIG ? next : config
      config = next
      for (const port of changed) drain(port)
    },
    hold(port, close) {
      const set = held.get(port) ?? new Set<Drain>()
      held.set(port, set)
      set.add(close)
      return () => set.delete(close)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
