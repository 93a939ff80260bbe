import type { ApiServer } from './api-server.ts'

/**
 * Reads a path at once, before anything asks for it. The first `get` of that path has this answer, or this error, and its
 * signal ends the read. Every other call is the API server's own.
 */
export function readAhead(api: ApiServer, path: string): ApiServer {
  const limit = new AbortController()
  const answer = api.get(path, limit.signal)
  // Who asks for the path handles the error. A run that ends before has no use for it.
  answer.catch(() => undefined)
  let isTaken = false
  return {
    ...api,
    get(asked, signal) {
      if (isTaken || asked !== path) return api.get(asked, signal)
      isTaken = true
      const end = () => limit.abort(signal.reason)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
      return answer
    },
  }
}
