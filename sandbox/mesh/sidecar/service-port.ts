import type { Json } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import type { Sight } from '../clusters.ts'

/** A port of a Service that a sidecar sees. */
export type ServicePort = { service: KubeObject; host: string; port: number }

/** What a sidecar is configured by. */
export type Around = { virtualServices: readonly KubeObject[]; sight: Sight }

/** A rule that sends everything to a Service. */
export function toService({ host, port }: ServicePort): Json {
  return { route: [{ destination: { host, port: { number: port } } }] }
}
