import type { Json, JsonObject } from './json.ts'

/** One reason among the `details.causes` of a refused object. */
export type Cause = { reason?: string; message: string; field?: string }

/** The `details` of a Status. */
export type Details = {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: Cause[]
  retryAfterSeconds?: number
}

/** A refusal, with the texts and codes of the real API server. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string | undefined
  readonly details: Details | undefined

  constructor(code: number, reason: string | undefined, message: string, details?: Details) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = details
  }
}

/** The subject of a refusal: a resource and, if one is named, an object. */
export type About = { group: string; plural: string; name?: string }

/** The body of the answer to a refused request. */
export function statusBody(error: StatusError): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: { ...error.details } }),
    code: error.code,
  }
}

function detailsOf(about: About): Details {
  return {
    ...(about.name === undefined ? {} : { name: about.name }),
    ...(about.group === '' ? {} : { group: about.group }),
    kind: about.plural,
  }
}

function called(about: About): string {
  const resource = qualifiedName(about.group, about.plural)
  return about.name === undefined ? resource : `${resource} ${JSON.stringify(about.name)}`
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

export function forbidden(about: About, why: string): StatusError {
  return new StatusError(
    403,
    'Forbidden',
    `${called(about)} is forbidden: ${why}`,
    detailsOf(about),
  )
}

export function notFound(about: About): StatusError {
  return new StatusError(404, 'NotFound', `${called(about)} not found`, detailsOf(about))
}

export function alreadyExists(about: About): StatusError {
  return new StatusError(409, 'AlreadyExists', `${called(about)} already exists`, detailsOf(about))
}

export function conflict(about: About, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${called(about)}: ${why}`
  return new StatusError(409, 'Conflict', message, detailsOf(about))
}

/** 409 for a stale resourceVersion. */
export function modified(about: About): StatusError {
  return conflict(
    about,
    'the object has been modified; please apply your changes to the latest version and try again',
  )
}

export function methodNotAllowed(about: About, verb: string): StatusError {
  const kind = qualifiedName(about.group, about.plural)
  return new StatusError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind ${JSON.stringify(kind)}`,
    detailsOf({ group: about.group, plural: about.plural }),
  )
}

export function notAcceptable(offered: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${offered.join(', ')}`
  return new StatusError(406, 'NotAcceptable', message)
}

export function tooLarge(message: string): StatusError {
  return new StatusError(413, 'RequestEntityTooLarge', message)
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError(415, 'UnsupportedMediaType', message)
}

/** 422 for a patch that cannot be applied. The real server does not name the operation that failed. */
export function unappliable(): StatusError {
  const message = 'the server rejected our request due to an error in our request'
  return new StatusError(422, 'Invalid', message, {})
}

/** 422 for violations of rules. `kind` is the object's kind (or its plural or nothing, as with the real server). */
export function invalid(
  about: { group: string; kind: string; name: string },
  causes: readonly Cause[],
): StatusError {
  // The message has each problem once, the causes as often as it was found.
  const problems = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))]
  const told = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  const kind = qualifiedName(about.group, about.kind)
  const message = `${kind} ${JSON.stringify(about.name)} is invalid: ${told}`
  return new StatusError(422, 'Invalid', message, {
    ...(about.name === '' ? {} : { name: about.name }),
    ...(about.group === '' ? {} : { group: about.group }),
    ...(about.kind === '' ? {} : { kind: about.kind }),
    causes: [...causes],
  })
}

/** 422 for a patch whose result is not an object of its kind. The real server quotes all of it. */
export function undecodable(result: Json, why: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(result))}: ${why}`
  return invalid({ group: '', kind: '', name: '' }, [
    { reason: 'FieldValueInvalid', message, field: 'patch' },
  ])
}

/** What the answer depends on cannot be reached. */
export function serviceUnavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message)
}

export function internalError(why: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  })
}

/** `plural.group` as error messages write it. */
function qualifiedName(group: string, plural: string): string {
  return group === '' ? plural : `${plural}.${group}`
}
