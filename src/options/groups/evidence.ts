import type { Expectation } from '../../evidence/probe/expectation.ts'
import { compile } from '../../expression/compile.ts'
import { type Given, option, PROBING } from '../option.ts'
import { parseMapping } from '../parse/mapping.ts'
import { parseNumber } from '../parse/number.ts'
import { numberThat } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const EXPECT = option<readonly Expectation[]>({
  name: 'expect',
  type: 'YAML mapping, destination: regular expression',
  placeholder: 'YAML',
  brief:
    'A regular expression for the replies of every destination, such as {v1: "^one", v2: "^two"}.',
  text: 'Which replies come from which destination: a regular expression for every destination. JavaScript syntax without lookaround and backreferences, which cannot be matched in linear time.',
  modes: PROBING,
  required: 'probing',
  parse: readExpectations,
})

const CONNECTIONS = option<number | 'auto'>({
  name: 'connections',
  type: 'integer or auto',
  placeholder: 'NUMBER|auto',
  default: 'auto',
  text: 'Maximum number of connections for each attempt of a check. auto: as many as 99.9% of checks need.',
  parse: ({ text, mustBe }) => {
    if (text === 'auto') return text
    const n = parseNumber(text)
    return Number.isInteger(n) && n >= 1 ? n : mustBe('auto or an integer of at least 1')
  },
})

/** Finer than any split that connections could be counted for. */
const LEAST_TOLERANCE = 0.001

const TOLERANCE = option({
  name: 'tolerance',
  type: 'percentage points, more than 0',
  placeholder: 'POINTS',
  brief:
    'How far a true share may be from its target. Default: at most 5, less for small shares and small changes.',
  text: "How far a true share may be from its target. Default, for each destination and step: the smallest of 5, the destination's share, and the largest change of a share by the write.",
  parse: numberThat(
    (n) => n >= LEAST_TOLERANCE && n <= 100,
    `percentage points from ${LEAST_TOLERANCE} to 100`,
  ),
})

const CONFIDENCE = option({
  name: 'confidence',
  type: 'percent, 50 to 99.999',
  placeholder: '50..99.999',
  default: '99',
  text: '100 minus the chance of a wrong pass, in percent. The chance of a wrong fail has the same limit.',
  parse: numberThat((n) => n >= 50 && n <= 99.999, 'a percent from 50 to 99.999'),
})

export const EVIDENCE_OPTIONS = {
  title: 'Evidence',
  options: [EXPECT, CONNECTIONS, TOLERANCE, CONFIDENCE],
}

export type EvidenceOptions = {
  /** Empty only in runs that open no connection: `plan`, and `shift` of a manifest. */
  expect: readonly Expectation[]
  connections: number | 'auto'
  /** Percentage points for every destination; undefined: the default of each destination and step. */
  tolerancePoints: number | undefined
  /** 50 to 99.999. */
  confidencePercent: number
}

/** `probing`: the run opens connections. */
export function readEvidence(reader: Reader, probing: boolean): EvidenceOptions {
  if (probing && reader.given(EXPECT) === undefined)
    reader.missing(
      EXPECT,
      'It maps every destination to a regular expression, such as {v1: "^one", v2: "^two"}.',
    )
  return {
    expect: reader.optional(EXPECT) ?? [],
    connections: reader.withDefault(CONNECTIONS),
    tolerancePoints: reader.optional(TOLERANCE),
    confidencePercent: reader.withDefault(CONFIDENCE),
  }
}

function readExpectations(given: Given): readonly Expectation[] | undefined {
  const mapping = parseMapping(given.text)
  if ('why' in mapping)
    return given.refuse(
      'ITS-EXPECT-INVALID',
      (shown) =>
        `expect must be a YAML mapping of every destination to a regular expression, such as {v1: "^one", v2: "^two"}, not ${shown(given.text)}. ${mapping.why}`,
    )
  const firstWith = new Map<string, string>()
  return [...mapping].flatMap(([destination, source]) => {
    const part = given.part(destination, source)
    const twin = firstWith.get(source)
    if (twin !== undefined)
      part.refuse(
        'ITS-EXPECT-SAME-EXPRESSION',
        (shown) =>
          `expect: ${twin} and ${destination} have the same expression, ${shown(source)}, so their replies cannot be distinguished.`,
      )
    firstWith.set(source, destination)
    const pattern = readExpression(part)
    return pattern === undefined ? [] : [{ destination, pattern }]
  })
}

/** A regular expression that can be matched in linear time. */
function readExpression({ name, text, refuse }: Given): RegExp | undefined {
  let pattern: RegExp
  try {
    pattern = new RegExp(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return refuse(
      'ITS-EXPECT-REGEX',
      (shown) => `${name}: ${shown(text)} is not a regular expression (${why}).`,
    )
  }
  const compiled = compile(text)
  if (compiled.ok) return pattern
  return refuse(
    'ITS-EXPECT-REGEX',
    (shown) =>
      `${name}: ${shown(text)} cannot be matched in linear time, so a reply could stop the run: ${compiled.why}.`,
  )
}
