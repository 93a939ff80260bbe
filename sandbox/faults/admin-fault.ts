/** Faults of the admin endpoint of a gateway's Pod; without a Pod, of all. Of several, the last one that was ordered counts. */
export type AdminFault = { pod?: string } & (
  | { kind: 'slow'; ms: number }
  /** Accepts a request and never answers. */
  | { kind: 'hangs' }
  /** The answer has this many bytes more. */
  | { kind: 'huge'; bytes: number }
  | { kind: 'answers'; status: number; body: string }
)

/** The current fault of a Pod. */
export function latestFor(pod: string, faults: readonly AdminFault[]): AdminFault | undefined {
  return faults.findLast((fault) => fault.pod === undefined || fault.pod === pod)
}
