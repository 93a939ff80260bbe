import type https from 'node:https'
import { capitalized } from '../../problem/sentence.ts'
import { ApiError } from '../api-error.ts'
import type { Cluster } from '../credentials/load-cluster.ts'
import { textAt } from '../json.ts'
import type { Answer } from './api-request.ts'

/** Whether a request carried neither a token, nor a password, nor a certificate. */
export function isWithoutCredentials({ headers, auth, cert, key }: https.RequestOptions): boolean {
  const authorization = headers && 'Authorization' in headers ? headers.Authorization : undefined
  return !authorization && !auth && !cert && !key
}

/**
 * The error for an answer that says nothing about the user's rights, or that is not the API server's: to a request without
 * credentials, or from a proxy that refuses. undefined for all other answers.
 */
export function misdirected(
  call: string,
  answer: Answer,
  cluster: Cluster,
  isUnsigned: boolean,
): ApiError | undefined {
  const { status, body } = answer
  if (status === 407) {
    const proxy = cluster.proxy ?? 'a proxy in between'
    const error = new ApiError(
      call,
      `${cluster.server} could not be reached. ${capitalized(proxy)}, requires a user and a password (407)`,
    )
    error.unsent = 'final'
    error.noAnswer = { kind: 'proxy' }
    error.proxy = cluster.proxy
    return error
  }
  const said = textAt(body, 'message') ?? ''
  const isAnonymous = status === 403 && said.includes('User "system:anonymous"')
  if (isAnonymous || (isUnsigned && (status === 401 || status === 403))) {
    const why = isUnsigned
      ? `No credentials were sent to ${cluster.server}: ${cluster.noCredentials ?? 'none were found'}`
      : `${cluster.server} did not receive the credentials that were sent, or does not accept their kind (passwords have not been accepted since Kubernetes 1.19)${throughProxy(cluster)}`
    const error = new ApiError(call, `${why} (${status})`, {
      status: 401,
      reason: 'Unauthorized',
      body,
      retryAfterMs: undefined,
    })
    error.isAnonymous = true
    return error
  }
  // An API server answers with a Status, so this answer comes from a proxy.
  if (cluster.proxy === undefined || textAt(body, 'kind') === 'Status') return undefined
  const text = answer.text.trim().slice(0, 200)
  return new ApiError(call, `${text || 'no text'}${throughProxy(cluster)}`, {
    status,
    reason: '',
    body,
    retryAfterMs: undefined,
  })
}

/** The proxy that a request went through, for the end of a message. */
export function throughProxy({ proxy }: Cluster): string {
  return proxy === undefined ? '' : `, through ${proxy}`
}

export function unfinishedPlugin({ runningPlugin }: Cluster): string {
  const name = runningPlugin()
  return name === undefined ? '' : `, while the credential plugin ${name} was still running`
}
