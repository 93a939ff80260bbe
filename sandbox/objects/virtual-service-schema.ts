import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { parseJson } from './json.ts'
import { readSchema, type Schema } from './schema.ts'

let schema: Schema | undefined

/** The schema of a VirtualService. It is read once for each process, because it is long and never changes. */
export function virtualServiceSchema(): Schema {
  if (schema === undefined) {
    const file = new URL('../schemas/virtualservices.yaml', import.meta.url)
    schema = readSchema(parseJson(JSON.stringify(load(readFileSync(file, 'utf8')))))
  }
  return schema
}
