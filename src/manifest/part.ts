import type { JsonObject } from '../kube/json.ts'
import type { YamlDocument, YamlNode } from './yaml/yaml-node.ts'

/** An object of a manifest. */
export type Part = {
  value: JsonObject
  /** How it is written. */
  node: YamlNode
  /** The steps to it from the list of all documents. */
  place: readonly (string | number)[]
  /** The document that it is in. */
  document: YamlNode
  /** All documents of the file. */
  documents: readonly YamlDocument[]
}
