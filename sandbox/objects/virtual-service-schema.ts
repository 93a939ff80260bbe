import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { parseJson } from './json.ts'
import { readSchema, type Schema } from './schema.ts'

let schema: Schema | undefined

/** What a VirtualService may hold. Read once a process: it is long, and it never changes. */
export function virtualServiceSchema(): Schema {
  if (schema === undefined) {
    const file = new URL('../schemas/virtualservices.yaml', import.meta.url)
    schema = readSchema(parseJson(JSON.stringify(load(readFileSync(file, 'utf8')))))
  }
  return schema
}
