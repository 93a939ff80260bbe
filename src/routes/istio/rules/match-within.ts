import { at, isObject, type Json, labelsAt, sameJson, textAt, textsAt } from '../../../kube/json.ts'

/**
 * Whether every request that meets one http match meets another one too, as far as this can be decided from their
 * texts. Port and gateways are not compared. undefined: a match that every request meets.
 */
export function isWithin(match: Json | undefined, other: Json | undefined): boolean {
  if (other === undefined) return true
  return (
    isUriWithin(match, other) &&
    TEXTS.every((field) => isTextWithin(at(match, field), at(other, field))) &&
    MAPPINGS.every((field) => areTextsWithin(at(match, field), at(other, field))) &&
    isExclusionWithin(at(match, 'withoutHeaders'), at(other, 'withoutHeaders')) &&
    isSourceWithin(match, other)
  )
}

const TEXTS = ['scheme', 'method', 'authority'] as const
const MAPPINGS = ['headers', 'queryParams'] as const

function isUriWithin(match: Json | undefined, other: Json): boolean {
  const [uri, otherUri] = [at(match, 'uri'), at(other, 'uri')]
  // Every path begins with a slash.
  if (textAt(otherUri, 'prefix') === '/') return true
  const [folds, otherFolds] = [match, other].map((one) => at(one, 'ignoreUriCase') === true)
  if (!otherFolds) return !folds ? isTextWithin(uri, otherUri) : otherUri === undefined
  return isTextWithin(lowerCased(uri), lowerCased(otherUri))
}

/** Exact values and prefixes in lower case. An expression stays as it is: Envoy ignores the case of none. */
function lowerCased(text: Json | undefined): Json | undefined {
  if (!isObject(text)) return text
  return Object.fromEntries(
    Object.entries(text).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'regex' ? value.toLowerCase() : value,
    ]),
  )
}

/** Whether every text that meets one string match meets the other one. */
function isTextWithin(text: Json | undefined, other: Json | undefined): boolean {
  if (other === undefined || textAt(other, 'regex') === '.*') return true
  if (text === undefined) return false
  const prefix = textAt(other, 'prefix')
  const start = textAt(text, 'exact') ?? textAt(text, 'prefix')
  if (prefix !== undefined && start !== undefined) return start.startsWith(prefix)
  return sameJson(text, other)
}

/** A match without a value, or with the value `*`, is met by every value, but not by a header that is missing. */
function areTextsWithin(texts: Json | undefined, others: Json | undefined): boolean {
  if (!isObject(others)) return true
  return Object.entries(others).every(([name, other]) => {
    const own = at(texts, name)
    if (own === undefined) return false
    return isPresence(other) || isTextWithin(own, other)
  })
}

function isPresence(text: Json): boolean {
  return !isObject(text) || Object.keys(text).length === 0 || textAt(text, 'regex') === '*'
}

function isExclusionWithin(texts: Json | undefined, others: Json | undefined): boolean {
  if (!isObject(others)) return true
  return Object.entries(others).every(([name, other]) => {
    const own = at(texts, name)
    return own !== undefined && sameJson(own, other)
  })
}

/** Istio compares labels and namespace of the client only in a match that names no gateways. */
function isSourceWithin(match: Json | undefined, other: Json): boolean {
  if (textsAt(other, 'gateways').length > 0) return true
  const otherLabels = Object.entries(labelsAt(other, 'sourceLabels'))
  const otherNamespace = textAt(other, 'sourceNamespace') ?? ''
  if (otherLabels.length === 0 && otherNamespace === '') return true
  if (textsAt(match, 'gateways').length > 0) return false
  const labels = labelsAt(match, 'sourceLabels')
  return (
    otherLabels.every(([name, value]) => labels[name] === value) &&
    (otherNamespace === '' || textAt(match, 'sourceNamespace') === otherNamespace)
  )
}
