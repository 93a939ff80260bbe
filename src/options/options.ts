import type { Expectation } from '../evidence/probe/match-replies.ts'
import type { ProbeSettings } from '../evidence/probe/probes.ts'
import type { ClusterSource } from '../kube/credentials/cluster-source.ts'
import type { Endpoint } from '../kube/endpoint.ts'
import type { NamespacedName } from '../kube/names.ts'

/** What a run was asked to do, parsed and checked: everything past `options/` trusts it. */
export type Options = {
  mode: Mode
  namespace: string
  virtualService: string
  route: RouteSelector
  wanted: Wanted
  /** Percents to prove before the last weight, in this order; empty without `steps`. */
  steps: readonly number[]
  stepIntervalMs: number
  /** Empty only in runs that open no connection: `plan`, and `shift` of a manifest. */
  expect: readonly Expectation[]
  probe: ProbeSettings
  endpoint: Endpoint | undefined
  gatewayService: NamespacedName | undefined
  connections: number | 'auto'
  /** Percentage points for every destination; undefined: the default of each destination and step. */
  tolerancePoints: number | undefined
  /** 50 to 99.999. */
  confidencePercent: number
  concurrency: number
  /** Connections a second; undefined: as fast as `concurrency` allows. */
  ratePerSecond: number | undefined
  probeTimeoutMs: number
  propagationTimeoutMs: number
  timeoutMs: number
  onFailure: OnFailure
  cluster: ClusterSource
  gatewayCluster: ClusterSource
  /** The YAML file that `shift` and `plan` edit instead of a cluster, and that tells `verify` the current weights. */
  manifest: string | undefined
  /** Folder for report.json, report.html and summary.md. */
  report: string | undefined
}

export type Mode = 'shift' | 'verify' | 'plan' | 'rollback' | 'status'
export type OnFailure = 'rollback' | 'keep'

/** Which rule of the route object; `any`: the only one that fits. */
export type RouteSelector =
  | { kind: 'any' }
  | { kind: 'tcp'; port: number | undefined; index?: number }
  /** Rules that cannot be shifted yet; `text` is the input as given. */
  | { kind: 'tls' | 'http'; text: string }

export type Wanted =
  | { kind: 'weight'; subset: string; percent: number }
  | { kind: 'weights'; percents: Readonly<Record<string, number>> }
  /** `verify` only: the weights that the object has. */
  | { kind: 'current' }
