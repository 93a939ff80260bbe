import { clientLimit, isClientLimit } from '../problem/client-limit.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { RunError } from '../problem/run-error.ts'
import { ApiError } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import { GaveUp } from './gave-up.ts'
import { NOT_WAITED_FOR } from './network-message.ts'
import { grantingRule, type Resource } from './resources.ts'
import { isAllowed } from './rights.ts'

/** What a refused call means for the run. Anything but an ApiError is a fault of ours and stays what it is. */
export function stopFor(error: unknown, doing: string): Error {
  if (error instanceof GaveUp) {
    const stop = stopFor(error.last, doing)
    return stop instanceof RunError
      ? new RunError(stop.code, `${stop.message}${error.history}`, stop.remedy)
      : stop
  }
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error))
  const { status } = error
  if (isNotWaitedFor(error)) {
    const what = `${doing}: the API server did not answer before the time of the run was up`
    const remedy =
      'Set a longer timeout. If the result is the same, check that the API server can be reached from here.'
    return new RunError('ITS-CLUSTER', what, remedy)
  }
  if (status === undefined) {
    return new RunError(
      'ITS-CLUSTER',
      `${doing}: ${error.message}`,
      unansweredRemedy(error.message),
    )
  }
  if (error.isAnonymous) {
    return new RunError(
      'ITS-ACCESS',
      `${doing}: ${error.message}`,
      "Do not grant anything to system:anonymous. Give the kubeconfig's user a token, a client certificate or a credential plugin, and check that context names the right user:\n  kubectl config view --minify",
    )
  }
  if (status === 401) {
    return new RunError(
      'ITS-ACCESS',
      `${doing}: the API server does not accept the credentials (401 ${error.message})`,
      'Renew the credentials in kubeconfig; a token may have run out.',
    )
  }
  if (status === 403) {
    const remedy = 'Grant the right that it names, in a Role or a ClusterRole.'
    return new RunError('ITS-ACCESS', `${doing}: ${error.message}`, remedy)
  }
  return new RunError(
    'ITS-CLUSTER',
    `${doing}: the API server answered ${status}: ${error.message}`,
    status === 429 || status >= 500
      ? 'Run it again. If that stays the answer, the API server, or a webhook that it asks, has to be mended first.'
      : 'Put right what it names, in the object or in what checks its writes (webhooks, policies), and run it again.',
  )
}

/** Whether a call has no answer because the caller's own time was up. */
export function isNotWaitedFor(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.status === undefined &&
    error.message.endsWith(NOT_WAITED_FOR)
  )
}

/** Like `stopFor`, for one of several looks, which are all to be heard. A fault of ours is thrown. */
export function findingFor(error: unknown, doing: string): Problem {
  const stop = stopFor(error, doing)
  if (!(stop instanceof RunError)) throw stop
  return problem(stop.code, stop.message, stop.remedy)
}

/** What to do where no answer came, by why none did. */
function unansweredRemedy(message: string): string {
  const [, code = ''] = /\b(E[A-Z]{3,})\b/.exec(message) ?? []
  const own = isClientLimit(code) ? clientLimit(code, '') : undefined
  if (own !== undefined) return `The fault is of this machine: ${own.means}. ${own.remedy}`
  if (/^the credentials for .* could not be had: /.test(message)) {
    return "If the kubeconfig's user runs a command, install it and log in by it before this step. If it names files that are on another machine, use as kubeconfig what this prints over there:\n  kubectl config view --raw --flatten"
  }
  if (/\((\w*CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER\w*): /.test(message)) {
    return 'The certificate of the API server is not the one that the kubeconfig expects: check certificate-authority-data and server in it, and whether a proxy stands in between.'
  }
  const [, proxy = ''] = /\b(the proxy \S+, which .+ names)/.exec(message) ?? []
  if (proxy !== '')
    return `Check ${proxy}: that it runs, that its user and password are right, and that it lets this machine reach the API server. Where none is needed, unset it, or list the server's host in NO_PROXY.`
  return 'Check that the API server can be reached from here, and that kubeconfig and context mean the right one.'
}

/** Like `stopFor`, for a write: tells a missing right, with the rule that grants it, from an admission plugin's no. */
export async function stopForWrite(
  error: unknown,
  api: ApiServer,
  resource: Resource,
  doing: string,
  signal: AbortSignal,
): Promise<Error> {
  if (!(error instanceof ApiError) || error.status !== 403) return stopFor(error, doing)
  const allowed = await isAllowed(api, 'patch', resource, signal).catch(() => false)
  if (allowed) {
    return new RunError(
      'ITS-CLUSTER',
      `${doing}: refused by admission control: ${error.message}`,
      'Ask whoever runs that policy; the weights are what it was asked to let through.',
    )
  }
  return new RunError('ITS-ACCESS', `${doing}: ${error.message}`, grantingRule(resource, 'patch'))
}
