import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where Istio's agent says whether Envoy has its configuration. Source: Istio, "Application Requirements", ports used by Istio. */
const READY = 'http://localhost:15021/healthz/ready'
/** Where it ends Envoy and itself. */
const QUIT = 'http://localhost:15020/quitquitquit'
const PAUSE_MS = 100
const ATTEMPT_MS = 1000

/** Waits until the sidecar passes connections on. Resolves to why it does not; undefined when it does. */
export async function waitForSidecar(
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const untilMs = performance.now() + timeoutMs
  for (;;) {
    const why = await asked(READY, 'GET')
    if (why === undefined || signal.aborted) return undefined
    if (performance.now() >= untilMs) return why
    await sleep(PAUSE_MS)
  }
}

/** A sidecar that is no init container would run on, and the Pod with it. */
export async function endSidecar(): Promise<void> {
  await asked(QUIT, 'POST')
}

/** Resolves to why there was no success. */
function asked(url: string, method: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.request(url, { method, agent: false, timeout: ATTEMPT_MS }, (response) => {
      const { statusCode: status = 0 } = response
      response.resume()
      resolve(status < 300 ? undefined : `it answers ${status}`)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ATTEMPT_MS} ms`)))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    request.end()
  })
}
