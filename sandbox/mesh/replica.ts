import { isDeepStrictEqual } from 'node:util'
import { type MeshConfig, NO_CONFIG, type RouteDestination } from './config.ts'

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
 * A replica whose connections are closed `drainMs` after the route of their port was replaced. Envoy replaces the filter
 * chain of a listener if it differs at all, and drains the connections of the previous one.
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
        (port) => !sameRoute(config.listeners.get(port), next.listeners.get(port)),
      )
      // There is no configuration before the first one.
      if (changed.length > 0) former = config === NO_CONFIG ? next : config
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

function sameRoute(
  one: readonly RouteDestination[] | undefined,
  other: readonly RouteDestination[] | undefined,
): boolean {
  return isDeepStrictEqual(one, other)
}
