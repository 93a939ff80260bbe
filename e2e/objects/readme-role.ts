import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  parseJson,
  textAt,
} from '../../sandbox/objects/json.ts'
import type { Grant } from './service-account.ts'

const README = join(import.meta.dirname, '..', '..', 'README.md')

/**
 * The Role that readers of the README create in the namespace of the VirtualService, for the tutorial's object. The other
 * one is for the gateway's namespace.
 */
export function readmeRole(): Grant {
  const text = readFileSync(README, 'utf8')
  const blocks = [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  const found = blocks
    .flatMap(documentsIn)
    .filter((document) => textAt(document, 'kind') === 'Role')
    .filter((document) => textAt(document, 'metadata', 'namespace') !== 'istio-system')
  const [role] = found
  if (role === undefined || found.length > 1)
    throw new Error(`README.md has ${found.length} Roles where one is expected`)
  return {
    namespace: textAt(role, 'metadata', 'namespace'),
    rules: listAt(role, 'rules').filter(isObject).map(forTutorial),
  }
}

function forTutorial(rule: JsonObject): JsonObject {
  return 'resourceNames' in rule ? { ...rule, resourceNames: ['tcp-echo'] } : rule
}

function documentsIn(text: string): Json[] {
  const documents: Json = parseJson(JSON.stringify(loadAll(text)))
  return Array.isArray(documents) ? documents : []
}
