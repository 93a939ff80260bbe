import { mayBePath } from '../../../problem/may-be-shown.ts'

/** What somebody gave for a kubeconfig: its own text, a path, or, in words, something else. */
export type KubeconfigText =
  | { kind: 'yaml' }
  | { kind: 'path' }
  | { kind: 'data'; what: string; remedy: string }

const DECODE = 'Decode it first (base64 --decode)'
const PRINTABLE = /^[\t\n\r\x20-\x7e]{8,}$/
/** So much base64 is no path, though what it encodes be unknown. */
const LONG_BASE64 = 128

/** Tells by its looks what a text is, so that nothing but a path is ever taken, or printed, for one. */
export function kubeconfigText(given: string): KubeconfigText {
  const text = given.replace(/^\uFEFF/, '').trim()
  const bare = text.replace(/^(["'])([\s\S]*)\1$/, '$2').trim()
  if (/-----BEGIN [A-Z ]+-----/.test(bare) && !/^\s*(?:apiVersion|clusters|users)\b/m.test(bare))
    return data('a certificate or a key (PEM)', 'Give the kubeconfig that names it')
  if (/\$\{\{.*\}\}/.test(bare))
    return data('an expression that was not evaluated', 'Write it where the workflow evaluates it')
  if (isToken(bare)) return data('a token', 'Give a kubeconfig that holds the token')
  const encoded = base64Of(bare)
  if (encoded !== undefined) return encoded
  if (/[^\P{Cc}\t\n\r]|\uFFFD/u.test(bare))
    return data('binary data, not UTF-8', 'Give the kubeconfig as text')
  if (bare !== text && looksLikeYaml(bare))
    return data('a kubeconfig in quotes', 'Remove the quotes around it')
  if (looksLikeYaml(bare)) return { kind: 'yaml' }
  return { kind: 'path' }
}

/** A context of GitHub Actions with a few names, as `\${{ inputs.subset }}`. */
const UNEVALUATED =
  /^\$\{\{ *(?:github|env|vars|inputs|secrets|needs|steps|matrix|job|jobs|runner|strategy)(?:\.[\w-]{1,40}){1,5} *\}\}$/
/** Tokens of GitHub, GitLab, Slack and AWS by how they begin. */
const KNOWN_TOKEN = /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA)[\w-]{10,}/

/** What was given where a name or a word belongs, but for credentials: people put those into the wrong input too. */
export function shownValue(text: string): string {
  // The name of what was not evaluated holds no secret, and is what to look for.
  if (UNEVALUATED.test(text.trim())) return text
  const found = kubeconfigText(text)
  if (found.kind === 'data') return `a value that is not shown, since it looks like ${found.what}`
  if (KNOWN_TOKEN.test(text) || isRandom(text.trim()))
    return 'a value that is not shown, since it looks like a token'
  return /\b(?:client-key-data|token|password)["']?\s*:/.test(text)
    ? 'a value that is not shown, since it looks like a kubeconfig'
    : text
}

/** Whether a kubeconfig's line breaks were lost on the way, as by an unquoted `echo $KUBECONFIG`. */
export function hasLostLineBreaks(given: string): boolean {
  const text = given.trim()
  return (
    !/[\r\n]/.test(text) &&
    !text.startsWith('{') &&
    (text.match(/(?:^|\s)(?:apiVersion|kind|clusters|contexts|users|current-context):/g) ?? [])
      .length > 1
  )
}

/** Whether a kubeconfig's line breaks are written out, as a backslash and an n. */
export function hasWrittenLineBreaks(given: string): boolean {
  return !/[\r\n]/.test(given.trim()) && /(?:apiVersion|clusters|users):.*\\n/.test(given)
}

function looksLikeYaml(text: string): boolean {
  return (
    /[\n\r]/.test(text) ||
    /^(?:---\s*)?\{/.test(text) ||
    /(?:^|\s)(?:apiVersion|kind|clusters|contexts|users|current-context|preferences)["']?\s*:(?:\s|$)/.test(
      text,
    )
  )
}

/** Upper case, lower case and digits in a run that is too long for a name, and for a word of a path. */
function isRandom(text: string): boolean {
  return (
    /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/-]{40,}={0,2}$/.test(text) && /[A-Za-z0-9]{20}/.test(text)
  )
}

/** A JSON Web Token, or the header that carries one. */
function isToken(text: string): boolean {
  if (/^(?:bearer|basic) \S+$/i.test(text)) return true
  const [header, , ...more] = text.split('.')
  if (header === undefined || more.length === 0 || !/^[\w.=-]+$/.test(text)) return false
  return /^\s*\{\s*"/.test(Buffer.from(header, 'base64url').toString('utf8'))
}

function base64Of(text: string): KubeconfigText | undefined {
  const compact = text.replace(/\s+|\\n/g, '')
  if (compact.length < 12 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return undefined
  if (mayBePath(text)) return undefined
  const bytes = Buffer.from(compact.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return data('base64 of compressed data (gzip)', `${DECODE}, then decompress it (gunzip)`)
  const inside = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
  if (PRINTABLE.test(inside) || (looksLikeYaml(inside.slice(0, 80)) && !inside.includes('\uFFFD')))
    return data('base64', DECODE)
  const isMixed = /[a-z]/.test(compact) && /[A-Z]/.test(compact) && /[0-9]/.test(compact)
  return compact.length >= LONG_BASE64 && isMixed && !isPathOfWords(compact)
    ? data('base64', DECODE)
    : undefined
}

/** A deep path has only characters of base64 too, but a slash every few of them. */
function isPathOfWords(text: string): boolean {
  return /^\/[a-z]+\//.test(text) && text.split('/').every((word) => word.length <= 64)
}

function data(what: string, remedy: string): KubeconfigText {
  return { kind: 'data', what, remedy }
}
