import type { AbortCause } from '../problem/aborted.ts'
import { clientLimit } from '../problem/client-limit.ts'
import type { Code } from '../problem/codes.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { RunError } from '../problem/run-error.ts'
import { capitalized, sentence } from '../problem/sentence.ts'
import { ApiError, type NoAnswer, whyFailed } from './api-error.ts'
import type { ApiServer } from './api-server.ts'
import { GaveUp } from './gave-up.ts'
import { kubectl } from './kubectl.ts'
import { grantingRule, type Resource } from './resources.ts'
import { isAllowed } from './rights.ts'

/**
 * What a failed call means for the run. Anything but an ApiError is a bug in this tool and is returned as it is.
 *
 * @param doing what the call was for, such as `reading the HTTPRoute`
 */
export function stopFor(error: unknown, doing: string): Error {
  const known = error instanceof GaveUp ? error.last : error
  if (!(known instanceof ApiError)) return known instanceof Error ? known : new Error(String(known))
  const history = error instanceof GaveUp ? error.history : ''
  const { code, why, remedy } = meaningOf(known)
  return new RunError(code, `${capitalized(doing)} failed. ${sentence(why + history)}`, remedy)
}

/** Like `stopFor`, for one of several checks that are all reported. A bug in this tool is thrown. */
export function findingFor(error: unknown, doing: string): Problem {
  const stop = stopFor(error, doing)
  if (!(stop instanceof RunError)) throw stop
  return problem(stop.code, stop.message, stop.remedy)
}

type Meaning = { code: Code; why: string; remedy: string }

function meaningOf(error: ApiError): Meaning {
  const { status, message } = error
  if (status === undefined) return unansweredMeaning(error)
  if (error.isAnonymous)
    return {
      code: 'ITS-NO-CREDENTIALS',
      why: message,
      remedy: `Do not grant anything to system:anonymous. Give the kubeconfig's user a token, a client certificate or a credential plugin, and check that context names the right user:\n  ${kubectl(error.cluster)} config view --minify`,
    }
  if (status === 401)
    return {
      code: 'ITS-UNAUTHORIZED',
      why: capitalized(whyFailed(error)),
      remedy: 'Renew the credentials in kubeconfig. A token may have expired.',
    }
  if (status === 403)
    return {
      code: 'ITS-FORBIDDEN',
      why: whyFailed(error),
      remedy: 'Grant the permission that it names, in a Role or a ClusterRole.',
    }
  const why = `The API server answered ${status}: ${message}`
  return status === 429 || status >= 500
    ? {
        code: 'ITS-API-UNAVAILABLE',
        why,
        remedy:
          'Run it again. If the answer stays the same, repair the API server, or the webhook that it calls.',
      }
    : {
        code: 'ITS-API-REJECTED',
        why,
        remedy:
          'Correct what the answer names, in the object or in the webhook or policy that checks its writes. Then run it again.',
      }
}

const REACH =
  'Check that this machine can reach the API server, and that kubeconfig and context name the right one.'

const UNANSWERED: Readonly<
  Record<Exclude<NoAnswer['kind'], 'aborted'>, { code: Code; remedy: string }>
> = {
  timeout: { code: 'ITS-API-TIMEOUT', remedy: REACH },
  network: { code: 'ITS-API-UNREACHABLE', remedy: REACH },
  unexpected: { code: 'ITS-API-UNEXPECTED-ANSWER', remedy: REACH },
  proxy: { code: 'ITS-API-PROXY', remedy: REACH },
  'client-limit': { code: 'ITS-API-CLIENT-LIMIT', remedy: REACH },
  certificate: {
    code: 'ITS-API-CERTIFICATE',
    remedy:
      'Check certificate-authority-data and server in the kubeconfig, and whether a proxy in between replaces the certificate.',
  },
  credentials: {
    code: 'ITS-CREDENTIALS',
    remedy:
      "If the kubeconfig's user runs a command, install it and log in with it before this step. If it names files on another machine, run this there and use the output as kubeconfig:\n  kubectl config view --raw --flatten",
  },
}

/** The meaning of a call without an answer. */
function unansweredMeaning({ message, noAnswer, proxy }: ApiError): Meaning {
  if (noAnswer.kind === 'aborted') return abortedMeaning(noAnswer.why)
  const { kind } = noAnswer
  const { code, remedy } = UNANSWERED[kind]
  if (kind === 'client-limit') {
    const limit = clientLimit(noAnswer.code, '')
    if (limit === undefined) return { code, why: message, remedy }
    return {
      code,
      why: message,
      remedy: `The cause is on this machine: ${limit.means}. ${limit.remedy}`,
    }
  }
  const isOnTheWay = kind === 'network' || kind === 'timeout' || kind === 'proxy'
  if (proxy === undefined || !isOnTheWay) return { code, why: message, remedy }
  return {
    code: 'ITS-API-PROXY',
    why: message,
    remedy: `Check ${proxy}. It must be running, its user and password must be correct, and it must let this machine reach the API server. If no proxy is needed, remove that setting, or list the host of the server in NO_PROXY.`,
  }
}

/** The meaning of a call that its caller ended: what ended it is the cause, and not the API server. */
function abortedMeaning(why: AbortCause): Meaning {
  switch (why.kind) {
    case 'cancelled':
      return {
        code: 'ITS-CANCELLED',
        why: 'The run was cancelled before the API server answered',
        remedy: '',
      }
    case 'run-time':
      return {
        code: 'ITS-TIME-UP',
        why: 'The time limit of the run (timeout) was over before the API server answered',
        remedy:
          'Raise timeout. If the API server still does not answer, check that this machine can reach it.',
      }
    case 'time-limit':
      return {
        code: 'ITS-API-TIMEOUT',
        why: `The API server did not answer within ${why.ms / 1000} s`,
        remedy: REACH,
      }
    case 'over':
      return {
        code: 'ITS-API-TIMEOUT',
        why: 'The API server did not answer before the run went on without it',
        remedy: REACH,
      }
  }
}

/** Whether a call was still unanswered when the time of the run was over. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.noAnswer?.kind !== 'aborted') return false
  return error.noAnswer.why.kind === 'run-time'
}

/** Nothing but the answer was waited for, so the API server is the cause, and the time limit is what ended the wait. */
function notAnsweredInTime(doing: string, history: string): RunError {
  return new RunError(
    'ITS-API-TIMEOUT',
    `${capitalized(doing)} failed. ${sentence(`The time limit of the run (timeout) was over before the API server answered${history}`)}`,
    `${REACH} If it answers slowly, raise timeout.`,
  )
}

/** A write that is sent: to which object, and what it is called in messages. */
export type SentWrite = { api: ApiServer; resource: Resource; doing: string }

/** Like `stopFor`, for a write: distinguishes a missing right, which it names, from a refusal by admission control. */
export async function stopForWrite(
  error: unknown,
  { api, resource, doing }: SentWrite,
  signal: AbortSignal,
): Promise<Error> {
  const [known, history] = error instanceof GaveUp ? [error.last, error.history] : [error, '']
  if (isCutOff(known)) return notAnsweredInTime(doing, history)
  if (!(known instanceof ApiError) || known.status !== 403) return stopFor(error, doing)
  const allowed = await isAllowed(api, 'patch', resource, signal).catch(() => undefined)
  const what = `${capitalized(doing)} failed.`
  return allowed
    ? new RunError(
        'ITS-ADMISSION-DENIED',
        `${what} Admission control refused it: ${sentence(known.message + history)}`,
        'Ask the owners of that policy. Its answer says what it does not allow.',
      )
    : new RunError(
        'ITS-FORBIDDEN',
        `${what} ${sentence(whyFailed(known) + history)}`,
        `${allowed === undefined ? UNKNOWN_RIGHT : ''}${grantingRule(resource, 'patch')}`,
      )
}

const UNKNOWN_RIGHT =
  'Whether a right is missing or a policy refused the write is not known. Look at the policy that its answer names. If it names none, the right is missing. '
