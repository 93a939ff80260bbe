import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { parseJson } from '../json.ts'
import { readSchema, type Schema } from './schema.ts'

const read = new Map<string, Schema>()

/**
 * The schema in a file of the folder schemas. It is read once for each process, and only when an object is written,
 * because most processes need few of them.
 */
export function schemaIn(file: string): () => Schema {
  return () => {
    const known = read.get(file)
    if (known !== undefined) return known
    const text = readFileSync(new URL(`../../schemas/${file}`, import.meta.url), 'utf8')
    const schema = readSchema(parseJson(JSON.stringify(load(text))))
    read.set(file, schema)
    return schema
  }
}
