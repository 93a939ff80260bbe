import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where Istio's agent says whether Envoy has its configuration. Source: Istio, "Application Requirements", ports used by Istio. */
const READY = { method: 'GET', port: 15021, path: '/healthz/ready' }
/** Where it ends Envoy and itself. */
const QUIT = { method: 'POST', port: 15020, path: '/quitquitquit' }
/** The second one is for Pods that have IPv6 alone. */
const LOOPBACK = ['127.0.0.1', '::1']
const PAUSE_MS = 100
const ATTEMPT_MS = 1000

/** Waits until the sidecar passes connections on. Resolves to why it does not; undefined when it does, or with the signal. */
export async function waitForSidecar(
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const untilMs = performance.now() + timeoutMs
  for (;;) {
    const why = await asked(READY)
    if (why === undefined || signal.aborted) return undefined
    if (performance.now() >= untilMs) return why
    await sleep(PAUSE_MS)
  }
}

/** A sidecar that is no init container would run on, and the Pod with it. */
export async function endSidecar(): Promise<void> {
  await asked(QUIT)
}

type Asked = typeof READY

/** Resolves to why there was no success. */
async function asked(what: Asked): Promise<string | undefined> {
  let why: string | undefined
  for (const host of LOOPBACK) {
    const answer = await askedAt(host, what)
    if (answer === undefined) return undefined
    why ??= answer
  }
  return why
}

function askedAt(host: string, what: Asked): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { ...what, host, agent: false, timeout: ATTEMPT_MS }
    const request = http.request(options, (response) => {
      const { statusCode: status = 0 } = response
      response.resume()
      resolve(status < 300 ? undefined : `it answers ${status}`)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ATTEMPT_MS} ms`)))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    request.end()
  })
}
