import https from 'node:https'
import { type Json, type JsonObject, parseJson, textAt } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject, namespaceOf } from '../../sandbox/objects/kube-object.ts'
import { ADMIN_TOKEN, authority, serverOf } from '../processes/credentials.ts'

/** The answer of an API server. */
export type Answer = { status: number; body: Json; text: string }

/** Access to an API server for tests, with every right and without retries. */
export type Api = {
  /** One request. It resolves for every status. */
  call(method: string, path: string, body?: Json, contentType?: string): Promise<Answer>
  /** Creates an object as `kubectl create` does, and its status if it has one. */
  create(object: KubeObject, manager?: string): Promise<KubeObject>
  /** The current object. */
  read(which: KubeObject): Promise<KubeObject>
  /** Replaces the object. Its identity stays. */
  replace(object: KubeObject): Promise<KubeObject>
  /** JSON merge patch. */
  merge(which: KubeObject, patch: JsonObject, subresource?: 'status'): Promise<KubeObject>
  /** Deletes the object, if it exists. */
  remove(which: KubeObject): Promise<void>
}

/** The field manager of `replace`. */
export const REPLACER = 'kubectl-replace'

const agent = new https.Agent({ keepAlive: true })

export function openApi(port: number, token = ADMIN_TOKEN): Api {
  const ca = authority()

  function call(
    method: string,
    path: string,
    body?: Json,
    contentType = 'application/json',
  ): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(text),
    }
    return new Promise((resolve, reject) => {
      const url = new URL(path, serverOf(port))
      const request = https.request(url, { method, headers, ca, agent }, (response) => {
        let received = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          received += chunk
        })
        response.on('error', reject)
        response.on('end', () => {
          const status = response.statusCode ?? 0
          resolve({ status, body: jsonOrNull(received), text: received })
        })
      })
      request.on('error', reject)
      request.end(text)
    })
  }

  async function demand(
    method: string,
    path: string,
    body?: Json,
    contentType?: string,
  ): Promise<KubeObject> {
    const answer = await call(method, path, body, contentType)
    if (answer.status >= 400 || !isKubeObject(answer.body)) throw refusal(method, path, answer)
    return answer.body
  }

  const read = (which: KubeObject) => demand('GET', pathOf(which))

  const merge: Api['merge'] = (which, patch, subresource) =>
    demand(
      'PATCH',
      `${pathOf(which)}${subresource ? `/${subresource}` : ''}`,
      patch,
      'application/merge-patch+json',
    )

  return {
    call,
    read,
    merge,
    async create(object, manager = 'kubectl-create') {
      const created = await demand(
        'POST',
        `${collectionOf(object)}?fieldManager=${manager}`,
        object,
      )
      const { status } = object
      return status === undefined ? created : merge(object, { status }, 'status')
    },
    async replace(object) {
      const now = await read(object)
      const metadata = { ...object.metadata, resourceVersion: now.metadata.resourceVersion ?? '' }
      const path = `${pathOf(object)}?fieldManager=${REPLACER}`
      return demand('PUT', path, { ...object, metadata })
    },
    async remove(which) {
      // Otherwise a Pod waits for its node, of which only the object exists.
      const answer = await call('DELETE', `${pathOf(which)}?gracePeriodSeconds=0`)
      if (answer.status >= 400 && answer.status !== 404)
        throw refusal('DELETE', pathOf(which), answer)
    },
  }
}

/** The object's own path. */
export function pathOf(object: KubeObject): string {
  return `${collectionOf(object)}/${object.metadata.name}`
}

/** The path of the objects of its kind, in its namespace if it has one. */
function collectionOf(object: KubeObject): string {
  const { apiVersion, kind } = object
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const namespace = namespaceOf(object)
  // This is correct for every kind that is used here.
  const plural = `${kind.toLowerCase()}s`.replace(/([^aeiou])ys$/, '$1ies')
  return `${root}${namespace === '' ? '' : `/namespaces/${namespace}`}/${plural}`
}

function refusal(method: string, path: string, { status, body, text }: Answer): Error {
  return new Error(`${method} ${path}: ${status} ${textAt(body, 'message') ?? text}`)
}

function jsonOrNull(text: string): Json {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}
