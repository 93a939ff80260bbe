import {
  type Expectation,
  expectationInput,
  type HeaderExpectation,
  type Pattern,
} from '../../evidence/probe/expectation.ts'
import type { Given } from '../option.ts'
import { matchesEverything, readExpression } from './expression.ts'
import { type MappingValue, parseMapping } from './mapping.ts'
import { parseStatuses } from './status.ts'

/** Reads the mapping of every destination to an expression, or to a mapping of status, header and body. */
export function parseExpectations(given: Given): readonly Expectation[] | undefined {
  const mapping = parseMapping(given.text, 'nested')
  if ('why' in mapping)
    return given.refuse(
      'ITS-EXPECT-INVALID',
      (shown) =>
        `expect must be a YAML mapping of every destination to a regular expression, such as {v1: "^one", v2: "^two"}, or the word stamp, not ${shown(given.text)}. ${mapping.why}`,
    )
  const firstWith = new Map<string, string>()
  return [...mapping].flatMap(([destination, value]) => {
    const part = given.part(destination, textOf(value))
    const conditions = readConditions(part, value)
    if (conditions === undefined) return []
    const expectation: Expectation = { destination, ...conditions }
    const input = expectationInput(expectation)
    const twin = firstWith.get(input)
    if (twin !== undefined)
      part.refuse(
        'ITS-EXPECT-SAME-EXPRESSION',
        (shown) =>
          `expect: ${twin} and ${destination} have the same ${typeof value === 'string' ? 'expression' : 'conditions'}, ${shown(part.text)}, so their replies cannot be distinguished.`,
      )
    firstWith.set(input, destination)
    if (mapping.size > 1) refuseEverything(part, conditions)
    return [expectation]
  })
}

/** With other destinations beside it, an expression that every reply matches takes their replies too. */
function refuseEverything({ name, text, refuse }: Given, conditions: Conditions): void {
  const { pattern, status, headers } = conditions
  if (pattern === undefined || status || headers || !matchesEverything(pattern)) return
  refuse(
    'ITS-EXPECT-MATCHES-EVERYTHING',
    (shown) =>
      `${name}: every reply matches ${shown(text)}, also those of other destinations. Write what only this destination sends, such as "^one".`,
  )
}

type Conditions = Omit<Expectation, 'destination'>

const CONDITIONS = ['status', 'header', 'body']

function readConditions(given: Given, value: MappingValue): Conditions | undefined {
  if (typeof value === 'string') {
    const pattern = readExpression(given)
    return pattern && { pattern }
  }
  if (Array.isArray(value) || Object.keys(value).length === 0) return notConditions(given)
  const { status, header, body, ...rest } = value
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return notConditions(given, unknown)
  const statuses = status === undefined ? undefined : readStatuses(given, status)
  const headers = header === undefined ? undefined : readHeaders(given, header)
  const pattern = body === undefined ? undefined : readBody(given, body)
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(statuses === undefined ? {} : { status: statuses }),
    ...(headers === undefined ? {} : { headers }),
  }
}

function notConditions({ name, refuse }: Given, unknown?: string): undefined {
  const has = unknown === undefined ? '' : `, not ${unknown}`
  return refuse(
    'ITS-EXPECT-INVALID',
    () =>
      `${name} must be a regular expression, or a mapping with any of ${CONDITIONS.join(', ')}${has}.`,
    'For example {status: 2xx, header: {x-version: "^v1$"}}.',
  )
}

function readStatuses(given: Given, value: MappingValue) {
  const part = given.part('status', textOf(value))
  if (typeof value === 'string') return parseStatuses(part, [value])
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  if (texts.length > 0 && texts.length === Object.keys(value).length)
    return parseStatuses(part, texts)
  return part.mustBe('a status such as 200 or 2xx, or a list of them', 'ITS-STATUS-INVALID')
}

/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function readHeaders(given: Given, value: MappingValue): HeaderExpectation[] | undefined {
  const part = given.part('header', textOf(value))
  if (typeof value === 'string' || Array.isArray(value) || Object.keys(value).length === 0)
    return part.mustBe(
      'a mapping of header names to regular expressions, such as {x-version: "^v1$"}',
      'ITS-EXPECT-INVALID',
    )
  return Object.entries(value).flatMap(([name, expression]) => {
    const one = part.part(name, textOf(expression))
    if (!HEADER_NAME.test(name))
      return (
        one.refuse(
          'ITS-EXPECT-INVALID',
          (shown) => `${part.name}: ${shown(name)} is not the name of a header.`,
        ) ?? []
      )
    if (typeof expression !== 'string')
      return one.mustBe('a regular expression', 'ITS-EXPECT-INVALID') ?? []
    const pattern = readExpression(one)
    return pattern === undefined ? [] : [{ name: name.toLowerCase(), pattern }]
  })
}

function readBody(given: Given, value: MappingValue): Pattern | undefined {
  const part = given.part('body', textOf(value))
  return typeof value === 'string'
    ? readExpression(part)
    : part.mustBe('a regular expression', 'ITS-EXPECT-INVALID')
}

function textOf(value: MappingValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
