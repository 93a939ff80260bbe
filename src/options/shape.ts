/**
 * What values an option has: the types that its value may have in an options file and in the schema of these files,
 * and what a completion proposes. A text may be refused by the parser all the same.
 */
export type Shape = {
  /** Words with a meaning of their own. Without another form, they are the only values. */
  words?: readonly string[]
  boolean?: true
  number?: NumberShape
  /** Any text; with a pattern, only one that matches it. */
  text?: true | { pattern: string }
  list?: 'numbers' | 'texts' | 'mappings'
  mapping?: 'numbers' | 'texts' | 'any'
  /** A path, which in an options file is relative to the folder of that file. */
  path?: 'file' | 'folder'
  /** What in the cluster, or in the kubeconfig, it is the name of. */
  names?: Names
}

export type NumberShape = {
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  isInteger?: true
}

export type Names =
  | 'contexts'
  | 'destinations'
  | 'gateway-contexts'
  | 'namespaces'
  | 'objects'
  | 'rules'
  | 'services'
  | 'virtual-services'

/** A text, which the parser judges. */
export const TEXT: Shape = { text: true }

export const BOOLEAN: Shape = { boolean: true }

/** Milliseconds to hours. */
export const DURATION: Shape = { text: { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$' } }
