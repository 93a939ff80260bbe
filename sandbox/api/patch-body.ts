import { isObject, type Json, type JsonObject, parseJson } from '../objects/json.ts'
import { applyJsonPatch, PatchFailed } from '../objects/json-patch.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import { applyMergePatch } from '../objects/merge-patch.ts'
import { badRequest, tooLarge, unappliable, unsupportedMediaType } from '../objects/status-error.ts'

const JSON_PATCH = 'application/json-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
/** What the real server accepts. The sandbox has no server-side apply, but the message names it. */
const ACCEPTED = [JSON_PATCH, MERGE_PATCH, 'application/apply-patch+yaml']
const MOST_OPERATIONS = 10_000

/** The object after a PATCH. Throws StatusError, at once for what does not depend on the object. */
export function patchOf(contentType: string, body: string): (current: KubeObject) => Json {
  const type = contentType.split(';')[0]?.trim()
  if (type === JSON_PATCH) {
    const operations = operationsOf(decoded(body))
    return (current) => {
      try {
        return applyJsonPatch(current, operations)
      } catch (error) {
        if (error instanceof PatchFailed) throw unappliable()
        throw error
      }
    }
  }
  if (type === MERGE_PATCH) {
    const patch = decoded(body)
    if (!isObject(patch))
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${goType(patch)} into Go value of type map[string]interface {}`,
      )
    return (current) => applyMergePatch(current, patch)
  }
  throw unsupportedMediaType(ACCEPTED)
}

function decoded(body: string): Json {
  try {
    return parseJson(body)
  } catch (error) {
    const told = error instanceof Error ? error.message : ''
    throw badRequest(`error decoding patch: ${told.charAt(0).toLowerCase()}${told.slice(1)}`)
  }
}

function operationsOf(patch: Json): JsonObject[] {
  const target = '[]handlers.jsonPatchOp'
  if (!Array.isArray(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${goType(patch)} into Go value of type ${target}`,
    )
  if (patch.length > MOST_OPERATIONS)
    throw tooLarge(
      `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`,
    )
  return patch.map((operation) => {
    if (isObject(operation)) return operation
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${goType(operation)} into Go value of type handlers.jsonPatchOp`,
    )
  })
}

function goType(value: Json): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
