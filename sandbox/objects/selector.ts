import { textAt } from './json.ts'
import { type KubeObject, textsOf } from './kube-object.ts'

/**
 * Whether an object matches the label selector and the field selector of a list's query. Labels: `a=b`, `a==b`, `a!=b`,
 * `a in (b, c)`, `a notin (b)`, `a`, `!a`, joined by commas. Fields: equality of metadata.name and
 * metadata.namespace, and of the involvedObject of events.
 */
export function fits(object: KubeObject, labels: string, fields: string): boolean {
  const held = textsOf(object, 'labels')
  return (
    terms(labels).every((term) => labelFits(held, term)) &&
    terms(fields).every((term) => fieldFits(object, term))
  )
}

/** The parts between commas, except for commas in brackets. */
function terms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')
}

function labelFits(held: Record<string, string>, term: string): boolean {
  const among = /^(\S+)\s+(in|notin)\s*\((.*)\)$/.exec(term)
  if (among !== null) {
    const values = among[3]?.split(',').map((value) => value.trim())
    return values?.includes(held[among[1] ?? ''] ?? '') === (among[2] === 'in')
  }
  const differs = /^([^=!]+)!=(.*)$/.exec(term)
  if (differs !== null) return held[differs[1] ?? ''] !== differs[2]
  const equals = /^([^=!]+)==?(.*)$/.exec(term)
  if (equals !== null) return held[equals[1] ?? ''] === equals[2]
  return term.startsWith('!') ? held[term.slice(1)] === undefined : held[term] !== undefined
}

function fieldFits(object: KubeObject, term: string): boolean {
  const match =
    /^(metadata\.name|metadata\.namespace|involvedObject\.(?:kind|namespace|name|uid|apiVersion)|reason|type)==?(.*)$/.exec(
      term,
    )
  return match !== null && textAt(object, ...(match[1] ?? '').split('.')) === match[2]
}
