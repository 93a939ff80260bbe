import { textsIn } from '../kubeconfig/secrets.ts'

/** Fields of an ExecCredential that hold no credentials. */
const OPEN_FIELDS = new Set([
  'apiVersion',
  'kind',
  'expirationTimestamp',
  'server',
  'tls-server-name',
  'certificate-authority-data',
])
const NAMED_SECRET = /token|secret|password|key/i
/** A shorter text is a credential only if its field says so. */
const SHORTEST_LINE = 8
const SHORTEST_WORD = 12

/**
 * Everything in a plugin's standard output that may be a credential: each string in JSON, even if the JSON is invalid, of
 * another version or between other lines, and those lines. The exit status does not matter, because the token was printed.
 */
export function secretsInOutput(output: string): string[] {
  return [...new Set([...jsonTexts(output), ...otherLines(output)])]
}

function jsonTexts(output: string): string[] {
  let field = ''
  return [...output.matchAll(/"((?:[^"\\]|\\.)*)(?:"(\s{0,9}:)?|$)/g)].flatMap(
    ([, raw = '', colon]) => {
      if (colon !== undefined) {
        field = raw
        return []
      }
      if (OPEN_FIELDS.has(field)) return []
      const text = unescaped(raw).trim()
      return text.length >= SHORTEST_LINE || NAMED_SECRET.test(field) ? textsIn(text) : []
    },
  )
}

function unescaped(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw
  }
}

function otherLines(output: string): string[] {
  const lines = output.split(/[\r\n]+/).map((line) => line.trim())
  return lines
    .filter((line) => line.length >= SHORTEST_LINE && !/["{}]/.test(line))
    .flatMap((line) => [line, ...line.split(/[\s'=,;]+/).filter(mayBeToken)])
}

function mayBeToken(word: string): boolean {
  return word.length >= SHORTEST_WORD && /\d/.test(word)
}
