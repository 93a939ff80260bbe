import type { RawOptions } from '../options/reader.ts'
import { namesOf, OPTIONS } from '../options/table.ts'
import { shortened } from './shortened.ts'

/** Inputs whose text may hold a credential or what is sent to the application. That they were given is all that is shown. */
const NEVER_SHOWN: readonly string[] = [
  'kubeconfig',
  'gateway-kubeconfig',
  'payload',
  'probe-command',
  'probe-headers',
  'probe-ca',
  'probe-cert',
  'probe-key',
  'prometheus',
  'prometheus-headers',
  'metrics',
  'github-token',
  'job-template',
]
export const NOT_SHOWN = '(not shown)'
const LONGEST = 2000

/** The inputs that were given, by name, as they may be shown. */
export function shownInputs(
  raw: RawOptions,
  names: readonly string[] = OPTIONS.flatMap(namesOf),
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = raw(name)?.trim() ?? ''
      if (text === '') return []
      return [[name, NEVER_SHOWN.includes(name) ? NOT_SHOWN : shortened(text, LONGEST)] as const]
    }),
  )
}
