import type { Expectation } from '../../evidence/probe/expectation.ts'
import { option, PROBING } from '../option.ts'
import { parseExpectations } from '../parse/expectations.ts'
import type { Reader } from '../reader.ts'

/** What `expect` says: how to recognize the destinations by their replies, or that each write is to stamp them. */
type Expect = 'stamp' | readonly Expectation[]

export const EXPECT = option<Expect>({
  name: 'expect',
  type: 'YAML mapping of every destination to an expectation, or stamp',
  placeholder: 'YAML|stamp',
  brief:
    'How to recognize the replies of every destination, such as {v1: "^one", v2: "^two"}, or stamp.',
  text: 'Which replies come from which destination. For every destination a regular expression for the reply or the body, or a mapping with any of status (200, 2xx, a list; gRPC: a name), header (name: regular expression) and body; all must hold. Expressions have JavaScript syntax without lookaround and backreferences, which cannot be matched in linear time. stamp (http rules): each write adds a response header that names the destination, and the run removes it at its end.',
  modes: PROBING,
  required: 'probing',
  shape: { words: ['stamp'], mapping: 'any' },
  parse: (given) => (given.text === 'stamp' ? given.text : parseExpectations(given)),
})

export type ExpectOptions = {
  /** Empty in runs that open no connection (`plan`, and `shift` of a manifest), and where replies are stamped. */
  expect: readonly Expectation[]
  /** Whether each write makes the gateway name the destination in its replies. */
  stamp: boolean
}

/** `probing`: the run opens connections. */
export function readExpect(reader: Reader, probing: boolean): ExpectOptions {
  if (probing && reader.given(EXPECT) === undefined)
    reader.missing(
      EXPECT,
      'It maps every destination to a regular expression, such as {v1: "^one", v2: "^two"}.',
    )
  const expect = reader.optional(EXPECT) ?? []
  return {
    expect: expect === 'stamp' ? [] : expect,
    stamp: expect === 'stamp',
  }
}
