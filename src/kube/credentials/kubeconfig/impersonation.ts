import { isObject, type JsonObject } from '../../json.ts'
import { FieldError, typeText } from './field-error.ts'
import { textOf } from './fields.ts'

/** The headers with which a request is made as another user. */
export type Impersonation = Readonly<Record<string, string | string[]>>

/**
 * The headers for `as`, `as-uid`, `as-groups` and `as-user-extra` in the entry of a user. The library sends only the one for
 * `as`, and requests would have other rights than those of kubectl.
 * Source: k8s.io/client-go, transport/round_trippers.go.
 */
export function impersonationOf(fields: JsonObject): Impersonation {
  const user = textOf(fields.as, 'as')
  const uid = textOf(fields['as-uid'], 'as-uid')
  const groups = textsOf(fields, 'as-groups')
  const extra = fields['as-user-extra'] ?? {}
  if (!isObject(extra))
    throw new FieldError(`as-user-extra must be a mapping of lists, and is ${typeText(extra)}`)
  const keys = Object.keys(extra)
  if (!user) {
    if (uid || groups.length > 0 || keys.length > 0)
      throw new FieldError('as-uid, as-groups and as-user-extra require as')
    return {}
  }
  return {
    'Impersonate-User': headerText(user, 'as'),
    ...(uid ? { 'Impersonate-Uid': headerText(uid, 'as-uid') } : {}),
    ...(groups.length > 0
      ? { 'Impersonate-Group': groups.map((group) => headerText(group, 'as-groups')) }
      : {}),
    ...Object.fromEntries(
      keys.map((key) => [
        `Impersonate-Extra-${escapedKey(key)}`,
        textsOf(extra, key).map((text) => headerText(text, 'as-user-extra')),
      ]),
    ),
  }
}

/** A text that Node sends as UTF-8, as kubectl does. Node writes each character of a header as one byte. */
function headerText(text: string, field: string): string {
  if (/[^\P{Cc}\t]/u.test(text))
    throw new FieldError(`${field} must not contain a line break or another control character`)
  return Buffer.from(text, 'utf8').toString('latin1')
}

function textsOf(fields: JsonObject, field: string): string[] {
  const list = fields[field] ?? []
  if (!Array.isArray(list))
    throw new FieldError(`${field} must be a list, and is ${typeText(list)}`)
  return list.map((item) => {
    if (typeof item !== 'string')
      throw new FieldError(`${field} must be a list of strings, and has ${typeText(item)} in it`)
    return item
  })
}

/** Percent-encodes what the name of a header cannot contain, and the percent sign itself. */
function escapedKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(letter)
        ? letter
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}
