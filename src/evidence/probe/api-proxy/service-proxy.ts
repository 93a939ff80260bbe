import type { ApiServer } from '../../../kube/api-server.ts'
import type { Dial } from '../connection-outcome.ts'
import { headersOf, REPEATABLE } from '../http/http-dial.ts'
import type { HttpProbeSettings } from '../http/http-probe-settings.ts'
import { passingDial } from './passing-dial.ts'

/** A Service, and its port, behind the Service proxy of an API server. */
export type ProxiedService = { namespace: string; name: string; port: number }

/** A clause, and the HTTP status of the API server where it answered. */
export type ServiceProxyFailure = { why: string; status: number | undefined }

/** Requests through the Service proxy of an API server. */
export type ServiceProxy = {
  open(timeoutMs: number): Dial
  /** Why the API server did not pass requests on; undefined while it does. */
  broken(): ServiceProxyFailure | undefined
  /** Aborts when it does not. */
  signal: AbortSignal
}

/** The path of the Service proxy, without the path of a request. */
export function proxyPath({ namespace, name, port }: ProxiedService): string {
  return `/api/v1/namespaces/${namespace}/services/http:${name}:${port}/proxy`
}

/**
 * Opens the way to a Service. An answer that the API server made itself shows nothing about the Service: the request then
 * has no outcome, and the way is broken.
 */
export function openServiceProxy(
  api: Pick<ApiServer, 'passOn'>,
  service: ProxiedService,
  asked: Pick<HttpProbeSettings, 'method' | 'path' | 'authority' | 'headers'>,
): ServiceProxy {
  const breaking = new AbortController()
  let failure: ServiceProxyFailure | undefined
  const passed = {
    method: asked.method,
    path: `${proxyPath(service)}${asked.path}`,
    headers: headersOf(asked, { keepsOpen: true }).flat(),
    isRepeatable: REPEATABLE.includes(asked.method),
  }
  return {
    open: (timeoutMs) =>
      passingDial(
        () => api.passOn(passed),
        timeoutMs,
        (why, status) => {
          failure ??= { why, status }
          breaking.abort()
        },
      ),
    broken: () => failure,
    signal: breaking.signal,
  }
}
