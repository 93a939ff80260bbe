import { type Act, responseIn } from '../../sandbox/faults/api-fault.ts'
import { isObject, type JsonObject } from '../../sandbox/objects/json.ts'
import { JOURNAL } from '../../src/journal/journal.ts'

/** Carries the request out, and lets its answer, where it is a good one, be another. */
export function changed(edit: (body: JsonObject) => unknown): Act {
  return async (_request, handle) => {
    const outcome = await handle()
    const response = responseIn(outcome)
    if (response?.status !== 200) return outcome
    const body = JSON.parse(response.body) as JsonObject
    edit(body)
    response.body = JSON.stringify(body)
    return outcome
  }
}

/** What a mutating webhook makes of the journal in a patch; undefined: nothing is left of it. */
export function journalEdited(edit: (text: string) => string | undefined): Act {
  const key = `/metadata/annotations/${JOURNAL.replace('/', '~1')}`
  return async (request, handle) => {
    const operations = JSON.parse(request.body) as JsonObject[]
    const edited = operations.flatMap((operation) => {
      const { op, path, value } = operation
      if (op === 'remove') return [operation]
      if (path === key && typeof value === 'string') {
        const text = edit(value)
        return text === undefined ? [] : [{ ...operation, value: text }]
      }
      if (path !== '/metadata/annotations' || !isObject(value)) return [operation]
      const text = edit(String(value[JOURNAL]))
      return text === undefined ? [] : [{ ...operation, value: { [JOURNAL]: text } }]
    })
    // A proxy may have announced its length by now.
    request.body = JSON.stringify(edited).padEnd(request.body.length)
    return handle()
  }
}

/** What a mutating webhook does that pins the weights: a patch changes only what is not in the spec. */
export function specPinned(): Act {
  return async (request, handle) => {
    const operations = JSON.parse(request.body) as JsonObject[]
    const left = operations.filter(({ path }) => !String(path).startsWith('/spec'))
    request.body = JSON.stringify(left).padEnd(request.body.length)
    return handle()
  }
}
