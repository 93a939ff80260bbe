import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { load } from 'js-yaml'

/** A credential of a kubeconfig, with the place where it stands there. */
type Secret = { place: string; value: string }

/** Shorter ones cannot be distinguished from other text. */
const SHORTEST = 5
/** Fields of a kubeconfig that hold no credentials: names, paths, what a plugin is called. */
const OPEN =
  /^(?:apiVersion|kind|current-context|preferences|extensions|name|server|cluster|user|namespace|command|interactiveMode|installHint|provideClusterInfo|args|as|as-uid|as-groups|as-user-extra|username|tokenFile|client-certificate|client-key|certificate-authority|tls-server-name|insecure-skip-tls-verify|proxy-url|client-id|idp-.*)$/

/**
 * Fails where a text of a run holds a credential of its kubeconfigs, in any encoding; names the place of the credential, never
 * the credential. Commands by which the runner learns what to mask are the exception.
 *
 * @param kubeconfigs their texts
 * @param texts what a run printed and wrote, by what it is called
 */
export function refuseLeaks(
  kubeconfigs: readonly string[],
  texts: Readonly<Record<string, string>>,
): void {
  const secrets = kubeconfigs.flatMap(secretsIn)
  for (const [where, text] of Object.entries(texts)) {
    const shown = text.replace(/^::add-mask::.*$/gm, '')
    for (const { place, value } of secrets)
      for (const [encoding, form] of Object.entries(formsOf(value)))
        if (form.length >= SHORTEST && shown.includes(form))
          throw new Error(`${where} holds ${place} of the kubeconfig (${encoding})`)
  }
}

/** Every credential and certificate in the text of a kubeconfig; none where it cannot be read. */
export function secretsIn(kubeconfig: string): readonly Secret[] {
  const before = known.get(kubeconfig)
  if (before) return before
  let found: Secret[] = []
  try {
    found = walk(load(kubeconfig), '')
  } catch {
    // A kubeconfig that cannot be read has no credentials that a run could use.
  }
  known.set(kubeconfig, found)
  return found
}

const known = new Map<string, readonly Secret[]>()

function walk(value: unknown, place: string): Secret[] {
  if (typeof value === 'string' || typeof value === 'number')
    return valuesOf(place, String(value)).filter((one) => one.value.length >= SHORTEST)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const isOpen = !Array.isArray(value) && OPEN.test(key) && typeof inner !== 'object'
    return isOpen || (key === 'args' && place.includes('exec'))
      ? []
      : walk(inner, place === '' ? key : `${place}.${key}`)
  })
}

/** A value, and what is in it: the lines of a certificate or key (PEM), which may be printed one by one. */
function valuesOf(place: string, value: string): Secret[] {
  const inside = place.endsWith('-data') ? Buffer.from(value, 'base64').toString('utf8') : value
  const lines = inside.split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]{32,}$/.test(line))
  return [
    { place, value: value.trim() },
    ...lines.map((line, index) => ({ place: `${place}, line ${index + 1} of it`, value: line })),
  ]
}

function formsOf(value: string): Record<string, string> {
  const bytes = Buffer.from(value)
  const base64 = bytes.toString('base64')
  return {
    'as it is': value,
    base64: base64.replace(/=+$/, ''),
    'base64, with more behind it': base64.slice(0, 4 * Math.floor(bytes.length / 3)),
    base64url: bytes.toString('base64url'),
    'URL-encoded': encodeURIComponent(value),
    'in JSON': JSON.stringify(value).slice(1, -1),
    hexadecimal: bytes.toString('hex'),
  }
}

/** Ends the promise of a program that ended: with its result, or with what the check of its output fails with. */
export function release(check: () => void, done: () => void, fail: (error: unknown) => void): void {
  try {
    check()
  } catch (error) {
    fail(error)
    return
  }
  done()
}

/** The texts of the kubeconfigs that a program is given, as inputs, as options or in KUBECONFIG. */
export function kubeconfigsOf(
  environment: Readonly<Record<string, string | undefined>>,
  words: readonly string[] = [],
): string[] {
  const given = ['kubeconfig', 'gateway-kubeconfig'].flatMap((name) => [
    environment[`INPUT_${name.toUpperCase()}`] ?? '',
    words[words.indexOf(`--${name}`) + 1] ?? '',
  ])
  const files = [...given, ...(environment.KUBECONFIG ?? '').split(delimiter)]
  return [...given, ...files.map(textOfFile)].filter((text) => text.includes('users'))
}

/** The texts of the files that a program may have written into folders, by their paths. */
export function writtenIn(...folders: readonly string[]): Record<string, string> {
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((rule) => rule.isFile() && /^(?:output|state|summary|report)/.test(rule.name))
        .map((rule) => join(rule.parentPath, rule.name)),
    )
  return Object.fromEntries(files.map((file) => [file, textOfFile(file)]))
}

function textOfFile(file: string): string {
  try {
    return file === '' || file.includes('\n') ? '' : readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
