/**
 * What a credential plugin writes to standard error, without credentials. A credential is recognized by its place: it
 * follows a name that says so, as a field of JSON or YAML, a header, a flag, a query parameter, or the user of an address.
 * A credential without such a name is recognized by its form.
 */
export function withoutCredentials(text: string): string {
  const byPlace = text
    .replace(/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '***')
    .replace(/:\/\/[^\s/@"']{1,2000}@/g, '://***@')
    .replace(WHOLE_LINE, '$1***')
    .replace(NAMED, '$1***')
    .replace(FLAGGED, '$1***')
    .replace(SCHEME, '$1***')
    .replace(NAMED_IN_QUERY, '$1***')
  return byPlace
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '***')
    .replace(
      /\b(?:k8s-aws-v1\.|gh[a-z]_|glpat-|hv[bs]\.|xox[a-z]-|ya29\.|AKIA|ASIA)[\w.~+/=-]{8,}/g,
      '***',
    )
    .replace(/[A-Za-z0-9+=_-]{40,}/g, (run) => (isMixed(run) ? '***' : run))
}

const WORDS =
  '(?:token|secret|passw(?:or)?d|passphrase|pwd|bearer|cookie|authorization|api[_-]?key|(?:access|account|private|secret|signing)[_-]?key|credentials?|assertion|signature)'
/** The rest of a name, the quotes around it (with backslashes for JSON within JSON), and what separates a value from it. */
const SEPARATED = '[\\w.-]{0,40}[\\\\]{0,4}["\']?\\]?[ \\t]{0,8}[:=][ \\t]{0,8}'
const QUOTED = '[\\\\]{0,4}"[^"\\r\\n]*"?|[\\\\]{0,4}\'[^\'\\r\\n]*\'?'
/** Values with blanks in them. */
const WHOLE_LINE =
  /((?:authorization|cookie|passw(?:or)?d|passphrase|\bpwd)[\w.-]{0,40}[ \t]{0,8}:[ \t]{1,8})[^\s"'\\][^\r\n]*/gi
const NAMED = new RegExp(
  `(${WORDS}${SEPARATED})(?:${QUOTED}|[^\\s"'&,;}\\]\\\\][^\\s"'&,;}\\]]*)`,
  'gi',
)
/** `--token VALUE`. Without a flag, a value is quoted or has a digit, which is rare in prose. */
const FLAGGED = new RegExp(
  `((?:--?[\\w-]{0,40}${WORDS}|${WORDS})[\\w-]{0,40}[ \\t]{1,8})(?:${QUOTED}|(?=\\S{0,60}\\d)[^\\s"']{8,})`,
  'gi',
)
const SCHEME = /\b((?:bearer|basic|negotiate)[ \t]{1,8})[\w.~+/=-]{6,}/gi
const NAMED_IN_QUERY = /([?&](?:code|sig|sid|state|x-amz-[a-z-]{1,40})=)[^\s&"'#]+/gi

/** Upper case, lower case and digits, as in encoded data; not an identifier of hexadecimal digits. */
function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run)
}

/** Whether a text asks a person for something: to open a page, to enter a code, to log in. */
export function isPrompt(text: string): boolean {
  return /https?:\/\/|\b(?:code|sign in|log ?in|password|enter|open|press)\b/i.test(text)
}
