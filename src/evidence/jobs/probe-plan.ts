import type { Endpoint } from '../../kube/endpoint.ts'
import type { Recognition } from '../probe/classify.ts'
import type { HttpVersion, RequestHeader } from '../probe/http/http-probe-settings.ts'
import type { ReplyUntil } from '../probe/reply-reader.ts'

/**
 * What one Pod of a Job does, as the JSON that it is started with. Everybody who may read Pods can read it, so what is
 * secret is in `PlanSecrets`. Times in milliseconds.
 */
export type ProbePlan = {
  target: PlannedTarget
  probe: PlannedProbe
  recognition: PlannedRecognition
  /** For one sample. */
  timeoutMs: number
  /** Samples in flight in this Pod. */
  concurrency: number
  /** A fixed pace; absent: as fast as `concurrency` allows. */
  ratePerSecond?: number
  /** Ends after so many samples. */
  most?: number
  /** Ends by itself after this time, waiting for the sidecar included. */
  lastsMs: number
  /** The Pod has a sidecar: it waits for it, and ends it at its own end. */
  mesh?: { sidecarTimeoutMs: number }
  /** A file with the JSON of `PlanSecrets`. */
  secretsFile?: string
}

/** Where samples go. Without addresses the Pod looks the host up. */
export type PlannedTarget = { endpoint: Endpoint; addresses: readonly string[] }

export type PlannedProbe = PlannedTcp | PlannedHttp | PlannedGrpc | PlannedCommand

export type PlannedTcp = {
  kind: 'tcp'
  replyUntil: ReplyUntil
  /** Base64; only where it is no secret. */
  payload?: string
  tls?: PlannedTls
}
export type PlannedHttp = PlannedRequest & { kind: 'http'; method: string; version: HttpVersion }
export type PlannedGrpc = PlannedRequest & { kind: 'grpc' }
export type PlannedCommand = { kind: 'command'; commandLine: string }

type PlannedRequest = {
  path: string
  authority: string
  headers: readonly RequestHeader[]
  tls?: PlannedTls
}

/** TLS without the client's certificate. */
export type PlannedTls = { serverName?: string; ca?: string; insecure: boolean }

/** What destinations and errors are recognized by. */
export type PlannedRecognition = Pick<Recognition, 'expect' | 'errors' | 'attributesCut'> & {
  /** The response header, in lower case, whose values are reported. The run knows what they mean. */
  stampHeader?: string
}

/** What a Pod gets through a Secret. */
export type PlanSecrets = {
  /** Base64. */
  payload?: string
  /** In addition to the headers of the plan. */
  headers?: readonly RequestHeader[]
  /** The client's certificate and key, PEM. */
  client?: { cert: string; key: string }
  /** Texts that no log line may have. */
  redact: readonly string[]
}
