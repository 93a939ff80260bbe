import type { Endpoint } from '../../kube/endpoint.ts'
import type { BeyondReply } from './classify.ts'
import type { Dial, FailureCause, KeptDial, Unclassified } from './connection-outcome.ts'
import type { MatchReply } from './match-replies.ts'

/** One way to take a sample. The registry is probes.ts. */
export type ProbeKind<S extends { kind: string } = { kind: string }> = {
  /** The value of the input `probe`. */
  kind: S['kind']
  withSettings(settings: S): Probe
}

/** A probe with the settings of a run. */
export type Probe = {
  /** Whether connections take all addresses of the gateway in turn. If not, the probe gets one endpoint. */
  takesAddressesInTurn: boolean
  /** Whether a connection that `failed` may have failed at its destination as well as on the way. */
  failsAnywhere: boolean
  open(target: ProbeTarget): Dial
  /** A dial that keeps its connections; absent where each sample needs a new one. */
  openKept?(target: ProbeTarget): KeptDial
  /** Which input or setting to check after this failure: sentences, each with a space after it, or nothing. */
  hint(failure: ProbeFailure): string
  /** A shell command that takes one sample as the probe does. */
  manualCommand(endpoint: Endpoint): string
  /** What that command leaves out, and why, as in `payload, which is not printable text`; undefined: nothing. */
  unsent?: string | undefined
}

/** Where a probe connects, and what makes a reply complete. */
export type ProbeTarget = {
  endpoint: Endpoint
  /** Addresses of the endpoint's host that accept connections; empty for a probe that gets one endpoint. */
  addresses: readonly string[]
  match: MatchReply
  timeoutMs: number
  environment: Readonly<Record<string, string | undefined>>
}

/** How most of the samples failed. */
export type ProbeFailure = {
  /** Undefined where this machine could not open the connections. */
  why: Unclassified | undefined
  /** What arrived after the end that `reply-until` defines, of each sample of which something did. */
  beyond: readonly BeyondReply[]
  /** What most of them show about the inputs, where they show something. */
  cause?: FailureCause | undefined
  /** The first of the replies, or of the reasons, as it is shown. */
  example?: string | undefined
  timeoutMs: number
}
