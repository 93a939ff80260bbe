import path from 'node:path'
import type { Json, JsonObject } from '../../json.ts'
import { readRegularFile } from '../../read-regular-file.ts'
import { badCertificate, conflicting, FieldError, typeText } from './field-error.ts'

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
      throw new FieldError(
        `${where} is ${value}, as kubectl config view shows it. Write the kubeconfig with its credentials: kubectl config view --raw --flatten`,
        'ITS-KUBECONFIG-CREDENTIALS-OMITTED',
      )
    return value
  }
  throw new FieldError(
    `${where} must be a string, and is ${typeText(value)}${typeof value === 'object' ? '' : '. Quote its value'}`,
  )
}

/** A path in an entry; undefined if it is missing or empty. */
export function pathIn({ fields, folder }: Entry, field: string): string | undefined {
  const given = textOf(fields[field], field)
  return given ? path.resolve(folder, given) : undefined
}

/** The result. On failure it is undefined, and the error is added to the problems. */
export function tried<T>(act: () => T, problems: FieldError[]): T | undefined {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FieldError)) throw error
    problems.push(error)
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
  if (data && file) throw conflicting(`${name} and ${field} cannot be combined.`)
  if (file) return base64OfFile(name, file)
  if (!data) return undefined
  const compact = data.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    throw badCertificate(
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
    throw unreadable(field, error)
  }
}

/** A field that names a file which cannot be read. */
export function unreadable(field: string, error: unknown): FieldError {
  const why = error instanceof Error ? error.message : String(error)
  return new FieldError(
    `${field} names a file that cannot be read (${why})`,
    'ITS-KUBECONFIG-FILE-UNREADABLE',
  )
}
