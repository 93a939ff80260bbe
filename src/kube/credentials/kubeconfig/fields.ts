import path from 'node:path'
import type { Json, JsonObject } from '../../json.ts'
import { readRegularFile } from '../../read-regular-file.ts'

/** One cluster, user or context of a kubeconfig. */
export type Entry = {
  fields: JsonObject
  /** The folder to which relative paths in it refer. */
  folder: string
}

/** What kubectl shows in place of certificates and credentials. Source: k8s.io/client-go, tools/clientcmd/api/helpers.go. */
const OMITTED = /^(?:DATA\+OMITTED|REDACTED)$/

/** A field that holds text. Fails for other values, which would be misread. */
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
    `${where} must be a string${typeof value === 'object' ? '' : '. Quote its value'}`,
  )
}

/** A path in an entry; undefined if it is missing or empty. */
export function pathIn({ fields, folder }: Entry, field: string): string | undefined {
  const given = textOf(fields[field], field)
  return given ? path.resolve(folder, given) : undefined
}

/** The result. On failure it is undefined, and the error's text is added to the problems. */
export function tried<T>(act: () => T, problems: string[]): T | undefined {
  try {
    return act()
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/**
 * The value of `NAME-data`, or the contents of the file `NAME`, as base64. As in kubectl, it is an error to have both.
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
        ? `${field} must be base64, but is the certificate or key itself. Encode it, or use its path as ${name}`
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
