import { loadAll } from 'js-yaml'
import type { Rule } from '../../sandbox/api/users.ts'
import {
  isObject,
  type Json,
  listAt,
  parseJson,
  textAt,
  textsAt,
} from '../../sandbox/objects/json.ts'
import { blocksOf, documents } from './markdown.ts'

/** The YAML blocks of the documents, each with its file and line. */
export function yamlBlocks(): { place: string; text: string }[] {
  return documents()
    .flatMap(blocksOf)
    .filter(({ language }) => ['yaml', 'yml'].includes(language))
    .map((block) => ({ place: `${block.file}:${block.line}`, text: block.text }))
}

/** Every YAML document in these blocks. */
export function yamlDocuments(): { place: string; document: Json }[] {
  return yamlBlocks().flatMap(({ place, text }) =>
    documentsIn(text).map((document) => ({ place, document })),
  )
}

export function documentsIn(text: string): Json[] {
  const parsed = parseJson(JSON.stringify(loadAll(text)))
  return Array.isArray(parsed) ? parsed : []
}

/** The rules of the Roles in a document, as the sandbox takes them. */
export function rulesIn(file: string): Rule[] {
  const roles = yamlDocuments().filter(
    ({ place, document }) =>
      place.startsWith(`${file}:`) &&
      ['Role', 'ClusterRole'].includes(textAt(document, 'kind') ?? ''),
  )
  return roles.flatMap(({ document }) => {
    const namespace = textAt(document, 'metadata', 'namespace')
    return listAt(document, 'rules').map((rule) => ({
      apiGroups: textsAt(rule, 'apiGroups'),
      resources: textsAt(rule, 'resources'),
      verbs: textsAt(rule, 'verbs'),
      ...(isObject(rule) && 'resourceNames' in rule
        ? { resourceNames: textsAt(rule, 'resourceNames') }
        : {}),
      ...(namespace === undefined ? {} : { namespace }),
    }))
  })
}
