import { kubeconfigText } from '../kube/credentials/kubeconfig/kubeconfig-text.ts'
import { STANDARD_INPUT } from './command-line/options-file.ts'
import type { RawOptions } from './reader.ts'
import { namesOf, OPTIONS } from './table.ts'

/** Whether the text of an option with a path is one, and not a word such as `auto`, a certificate or a kubeconfig. */
export function isPathText(given: string): boolean {
  const text = given.trim()
  if (['', 'auto', STANDARD_INPUT].includes(text)) return false
  return kubeconfigText(text).kind === 'path' && !/\n|-----BEGIN /.test(text)
}

/** The files that all options but this one name, by the name of the option. */
export function otherFiles(raw: RawOptions, but: string): ReadonlyMap<string, string> {
  const others = OPTIONS.filter(({ name, shape }) => shape.path === 'file' && name !== but)
  const texts = others.flatMap(namesOf).map((name) => [name, raw(name)?.trim() ?? ''] as const)
  return new Map(texts.filter(([, text]) => isPathText(text)))
}
