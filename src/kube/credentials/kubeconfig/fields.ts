import path from 'node:path'
import type { Json, JsonObject } from '../../json.ts'
import { readRegularFile } from '../../read-regular-file.ts'

/** One cluster, user or context of a kubeconfig. */
export type Entry = {
  fields: JsonObject
  /** Against which relative paths in it are resolved. */
  folder: string
}

/** What kubectl shows in place of certificates and credentials. Source: k8s.io/client-go, tools/clientcmd/api/helpers.go. */
const OMITTED = /^(?:DATA\+OMITTED|REDACTED)$/

/** A field that holds text; fails for what would silently be read as something else. */
export function textOf(value: Json | undefined, where: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') {
    if (OMITTED.test(value))
      throw new Error(
        `${where} is ${value}, as kubectl config view shows it. Write the kubeconfig with its credentials: kubectl config view --raw --flatten`,
      )
    return value
  }
  throw new Error(
    `${where} must be text${typeof value === 'object' ? '' : '. Put its value in quotes'}`,
  )
}

/** A path in an entry; undefined where it is not given or empty. */
export function pathIn({ fields, folder }: Entry, field: string): string | undefined {
  const given = textOf(fields[field], field)
  return given ? path.resolve(folder, given) : undefined
}

/** The result, or undefined where it fails, with its words among the problems. */
export function tried<T>(act: () => T, problems: string[]): T | undefined {
  try {
    return act()
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/**
 * What `NAME-data` holds, or the file of `NAME`, as base64. Both are an error for kubectl: it cannot be told which one is
 * meant.
 */
export function base64In(entry: Entry, name: string): string | undefined {
  const field = `${name}-data`
  const data = textOf(entry.fields[field], field)
  const file = pathIn(entry, name)
  if (data && file) throw new Error(`${name} and ${field} cannot be combined. Remove one of them`)
  if (file) return base64OfFile(name, file)
  if (!data) return undefined
  const compact = data.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    throw new Error(
      data.includes('-----BEGIN')
        ? `${field} must be base64, and holds the certificate or key itself. Encode it, or give its path as ${name}`
        : `${field} must be base64`,
    )
  return compact
}

function base64OfFile(field: string, file: string): string {
  try {
    return readRegularFile(file).toString('base64')
  } catch (error) {
    throw new Error(`${field}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
