import type { HttpVersion, RequestHeader } from './http/http-probe-settings.ts'
import type { ReplyUntil } from './reply-reader.ts'

/** What the inputs say about samples, before the rule is known that many defaults depend on. */
export type ProbeInputs = {
  /** Undefined: the rule decides. */
  kind: ProbeName | undefined
  commandLine: string
  payload: Uint8Array
  replyUntil: ReplyUntil
  method: string
  /** Undefined: that of the probe. */
  path: string | undefined
  /** Undefined: the first concrete host that the rule's object and the gateway admit. */
  host: string | undefined
  headers: readonly RequestHeader[]
  version: HttpVersion
  tls: 'auto' | boolean
  /** PEM, or the path of a file with it until the files are read. */
  pem: PemInputs
  /** The files that PEM was read from. */
  pemFiles?: PemInputs
  insecure: boolean
  /** The inputs that have another value than their default. */
  given: readonly string[]
}

/** Certificates to trust, that of the client, and its key. */
export type PemInputs = { ca?: string; cert?: string; key?: string }

/** The values of the input `probe`. The probes themselves are in probes.ts, which the cleanup step does not need. */
export const PROBE_NAMES = ['tcp', 'http', 'grpc', 'command'] as const
export type ProbeName = (typeof PROBE_NAMES)[number]

const REQUEST = ['probe-path', 'probe-headers', 'probe-host', 'probe-tls']
const VERIFICATION = ['probe-ca', 'probe-cert', 'probe-key', 'probe-insecure']

/** The inputs that mean something for each probe. */
const USED: Readonly<Record<ProbeName, readonly string[]>> = {
  tcp: ['payload', 'reply-until', 'probe-host', 'probe-tls', ...VERIFICATION],
  command: ['probe-command'],
  http: ['probe-method', 'probe-http', ...REQUEST, ...VERIFICATION],
  grpc: [...REQUEST, ...VERIFICATION],
}

/** Each given input that means nothing for the probe, with the probes that it is for. */
export function unusedInputs(
  kind: ProbeName,
  given: readonly string[],
): { input: string; usedWith: readonly ProbeName[] }[] {
  const kinds = Object.keys(USED) as ProbeName[]
  return given
    .map((input) => ({ input, usedWith: kinds.filter((name) => USED[name].includes(input)) }))
    .filter(({ usedWith }) => usedWith.length > 0 && !usedWith.includes(kind))
}
