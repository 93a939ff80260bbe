import type { ApplyFault, GatewayFault, OwnReplyFault, SplitFault } from './gateway-fault.ts'

/** Faults of the sidecar of a Pod; without a Pod, of all. Of several of the same sort, the last one that was ordered counts. */
export type SidecarFault = { pod?: string } & (
  | SplitFault
  | Exclude<ApplyFault, { kind: 'first-replica' | 'rejects' }>
  /** It keeps the configuration that it has, and says why. */
  | { kind: 'rejects' }
  | OwnReplyFault
)

/** The faults of a Pod's sidecar, as those of a gateway with one replica. */
export function sidecarFaultsOf(pod: string, faults: readonly SidecarFault[]): GatewayFault[] {
  return faults
    .filter((fault) => fault.pod === undefined || fault.pod === pod)
    .map((fault) => (fault.kind === 'rejects' ? { kind: fault.kind, replica: 0 } : fault))
}
