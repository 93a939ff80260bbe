import { isObject, type JsonObject, textAt } from '../../json.ts'
import { type Entry, textOf } from './fields.ts'

/** The entries of one kubeconfig, or of several together. */
export type Entries = {
  clusters: ReadonlyMap<string, Entry>
  users: ReadonlyMap<string, Entry>
  contexts: ReadonlyMap<string, Entry>
  /** Empty if none is named. */
  currentContext: string
}

/** The entries of one kubeconfig, whose paths are relative to `folder`. */
export function entriesOf(document: JsonObject, folder: string): Entries {
  return {
    clusters: named(document, 'clusters', 'cluster', folder),
    users: named(document, 'users', 'user', folder),
    contexts: named(document, 'contexts', 'context', folder),
    currentContext: textOf(document['current-context'], 'current-context') ?? '',
  }
}

/**
 * Several kubeconfigs as one. The first of several entries with the same name counts, and the first current context.
 * Source: k8s.io/client-go, tools/clientcmd/loader.go.
 */
export function mergedRules(all: readonly Entries[]): Entries {
  const first = (of: (entries: Entries) => ReadonlyMap<string, Entry>) =>
    new Map([...all].reverse().flatMap((entries) => [...of(entries)]))
  return {
    clusters: first(({ clusters }) => clusters),
    users: first(({ users }) => users),
    contexts: first(({ contexts }) => contexts),
    currentContext: all.map(({ currentContext }) => currentContext).find((name) => name) ?? '',
  }
}

function named(
  document: JsonObject,
  list: string,
  field: string,
  folder: string,
): Map<string, Entry> {
  const found = document[list] ?? []
  if (!Array.isArray(found)) throw new Error(`${list} must be a list`)
  const entries = new Map<string, Entry>()
  found.forEach((item, index) => {
    if (item === null) return
    if (!isObject(item)) throw new Error(`${list}[${index}] must be a mapping`)
    const name = textOf(item.name, `${list}[${index}].name`) ?? ''
    const fields = item[field] ?? {}
    if (!isObject(fields)) throw new Error(`${list}[${index}].${field} must be a mapping`)
    if (entries.has(name)) throw new Error(`${list} has two entries with the same name`)
    entries.set(name, { fields, folder })
  })
  return entries
}

/** The names of contexts that a person may choose from. */
export function contextNames({ contexts }: Entries): string[] {
  return [...contexts.keys()]
}

/** The name of the cluster or user that a context names. */
export function nameIn(context: Entry, field: 'cluster' | 'user'): string {
  return textAt(context.fields, field) ?? ''
}
