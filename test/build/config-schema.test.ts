import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { dump, load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { configSchema } from '../../build/config-schema.ts'
import { inputTexts } from '../../kit/options/texts.ts'
import { readOptionsFile } from '../../src/commands/config/read-options-file.ts'
import { readOptionsText } from '../../src/commands/config/read-options-text.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { startReading } from '../../src/options/reader.ts'
import { namesOf, OPTIONS, type Option } from '../../src/options/table.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(configSchema())

/** Whether the reader takes a document, and the parsers its values. */
function isRead(document: Record<string, unknown>): boolean {
  const { texts, problems } = readOptionsText('options.yaml', dump(document))
  if (problems.length > 0) return false
  return OPTIONS.every((option) =>
    namesOf(option).every((name) => {
      const text = texts.get(name)
      const reader = startReading(() => undefined)
      if (text !== undefined) option.parse(reader.givenOf(name, text))
      return reader.problems.length === 0
    }),
  )
}

test('docs/config.schema.json is generated from the table of options', () => {
  expect(textOf('docs/config.schema.json')).toBe(`${JSON.stringify(configSchema(), null, 2)}\n`)
})

test('the schema has every option with its text, and no other name', () => {
  const { properties } = JSON.parse(textOf('docs/config.schema.json'))
  expect(Object.keys(properties)).toEqual(OPTIONS.flatMap(namesOf))
  for (const { name, text } of OPTIONS) expect(properties[name].description).toBe(text)
})

test('the schema and the reader both accept the example, which is a complete run', () => {
  const file = 'examples/config.yaml'
  expect(isValid(load(textOf(file)))).toBe(true)
  expect(textOf(file)).toMatch(
    new RegExp(`^# yaml-language-server: \\$schema=${configSchema().$id}\\n`),
  )
  const { texts, problems } = readOptionsFile(path.join(ROOT, file), () => '')
  expect(inputTexts([...problems, ...readOptions((name) => texts.get(name)).problems])).toEqual([])
})

/** Values of YAML, of the kinds that the schema distinguishes. */
const ANY_VALUE = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -5, max: 700 }),
  fc.double({ min: -1, max: 101, noNaN: true }).map((n) => Number(n.toFixed(2))),
  fc.constantFrom(...OPTIONS.flatMap(({ shape }) => shape.words ?? [])),
  fc.constantFrom('5s', '250ms', '1.5h', '5', 's', '5 s', '1m30s', '-5s'),
  fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom('5xx', true, null)), {
    maxLength: 3,
  }),
  fc.dictionary(fc.constantFrom('v1', 'v2'), fc.integer({ min: 0, max: 100 })),
)

/** Options whose schema says all that the parser does. */
const isExact = ({ shape, name }: Option) =>
  shape.list === undefined &&
  shape.mapping === undefined &&
  (shape.text === undefined || shape.text !== true) &&
  !['weight', 'timeout', 'probe-timeout', 'drain-timeout'].includes(name)
const EXACT = OPTIONS.filter(isExact)

describe('a value of an option', () => {
  test('that the reader refuses for its type is refused by the schema', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPTIONS), ANY_VALUE, ({ name }, value) => {
        const document = { [name]: value }
        const { problems } = readOptionsText('options.yaml', dump(document))
        if (problems.length > 0) expect(isValid(document)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test('that the schema accepts is accepted by the parser, where the schema says all', () => {
    expect(EXACT.length).toBeGreaterThan(20)
    fc.assert(
      fc.property(fc.constantFrom(...EXACT), ANY_VALUE, ({ name }, value) => {
        const document = { [name]: value }
        if (isValid(document)) expect(isRead(document)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('that the parser accepts with its natural type is accepted by the schema', () => {
    const isNatural = ({ shape }: Option, value: unknown) =>
      !(shape.boolean && typeof value === 'string' && !shape.words?.includes(value)) &&
      !(shape.number && typeof value === 'string' && !Number.isNaN(Number(value)))
    fc.assert(
      fc.property(fc.constantFrom(...EXACT), ANY_VALUE, (option, value) => {
        const document = { [option.name]: value }
        if (isRead(document) && isNatural(option, value)) expect(isValid(document)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
