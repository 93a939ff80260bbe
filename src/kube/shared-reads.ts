import type { ApiServer } from './api-server.ts'
import type { Json } from './json.ts'

/**
 * The same API server, which answers each path once: several searches read the same Gateways and Services at the same time.
 * A read that failed is made again by each of its callers, whose signals differ. Pods come and go, so they are always read.
 */
export function sharingReads(api: ApiServer): ApiServer {
  const reads = new Map<string, Promise<Json>>()
  return {
    ...api,
    get(path, signal) {
      if (PODS.test(path)) return api.get(path, signal)
      const read = reads.get(path)
      if (read !== undefined) return read.catch(() => api.get(path, signal))
      const first = api.get(path, signal)
      reads.set(path, first)
      return first
    },
  }
}

const PODS = /\/pods(?:\/|\?|$)/

/** The same clusters, for searches that read the same objects: for the gateway, its proxies, and what takes its traffic first. */
export function withSharedReads<C extends { api: ApiServer; workloads: ApiServer }>(
  clusters: C,
): C {
  const api = sharingReads(clusters.api)
  const workloads = clusters.workloads === clusters.api ? api : sharingReads(clusters.workloads)
  return { ...clusters, api, workloads }
}
