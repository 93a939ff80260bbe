import { type GatewayFault, latest } from '../faults/gateway-fault.ts'
import type { MeshConfig } from './config.ts'
import type { Replica } from './replica.ts'

/** Applies pushed configurations to each replica. */
export type ConfigRollout = {
  push(config: MeshConfig): void
  /** Makes every replica that is behind apply its configuration now, after a fault was cleared. */
  catchUp(): void
  /** Resolves when no replica has a configuration left to apply. Replicas that never will are not awaited. */
  idle(): Promise<void>
  /** Gives a new replica the newest configuration. */
  join(replica: Replica): void
  stop(): void
}

/** `applied` is called after each replica's change. The replicas may change at any time. */
export function createConfigRollout(
  replicas: () => readonly Replica[],
  faults: () => readonly GatewayFault[],
  applied: () => void,
): ConfigRollout {
  let newest: MeshConfig | undefined
  const timers = new Set<NodeJS.Timeout>()
  let waiting: (() => void)[] = []

  const release = () => {
    if (timers.size > 0) return
    for (const resolve of waiting.splice(0)) resolve()
  }
  const apply = (replica: Replica, config: MeshConfig) => {
    replica.apply(config)
    applied()
  }
  return {
    push(config) {
      newest = config
      for (const [index, replica] of replicas().entries()) {
        const delayMs = delayOf(index, faults())
        if (delayMs === 'never') continue
        if (delayMs === 'rejects') {
          replica.reject(config, WHY_REJECTED)
          continue
        }
        if (delayMs === 0) {
          apply(replica, config)
          continue
        }
        const timer = setTimeout(() => {
          timers.delete(timer)
          apply(replica, config)
          release()
        }, delayMs)
        timer.unref()
        timers.add(timer)
      }
    },
    catchUp() {
      if (newest === undefined) return
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const replica of replicas()) if (replica.config() !== newest) apply(replica, newest)
      release()
    },
    join(replica) {
      if (newest !== undefined) apply(replica, newest)
    },
    idle: () =>
      timers.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    stop() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      release()
      waiting = []
    },
  }
}

const WHY_REJECTED =
  "Error adding/updating listener(s) 0.0.0.0_31400: cannot bind '0.0.0.0:31400': Address already in use"

function delayOf(replica: number, faults: readonly GatewayFault[]): number | 'never' | 'rejects' {
  const fault = latest(faults, 'late', 'never', 'first-replica', 'rejects')
  switch (fault?.kind) {
    case undefined:
      return 0
    case 'never':
      return 'never'
    case 'late':
      return fault.byMs
    case 'rejects':
      return replica === fault.replica ? 'rejects' : 0
    case 'first-replica':
      return replica === 0 ? 0 : fault.othersAfterMs
  }
}
