import { YAMLException } from 'js-yaml'

/**
 * What is wrong with a YAML text, and where. The parser's own message may quote the text: an alias, a tag, the lines around
 * the error. None of that may be printed, because it may be a password.
 */
export function yamlErrorText(error: unknown): string {
  if (!(error instanceof YAMLException)) return 'it is not valid YAML'
  const { reason } = error
  const where = error.mark ? ` at line ${error.mark.line + 1}, column ${error.mark.column + 1}` : ''
  const known = REASONS.find(([looks]) => looks.test(reason))
  return `it is not valid YAML${where}${known ? ` (${known[1]})` : ''}`
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/alias/, 'a value that begins with * must be quoted'],
  [/\btag\b/, 'a value that begins with ! must be quoted'],
  [/anchor/, 'a value that begins with & must be quoted'],
  [/indentation/, 'the indentation is wrong'],
  [/quoted scalar/, 'a quote is not closed'],
  [/flow collection/, 'a bracket or brace is not closed'],
  [/tab characters/, 'tabs must not be used to indent'],
  [/multiline key|implicit key/, 'a line has neither a colon nor a dash'],
  [/mapping entry|mapping values/, 'a mapping is cut off or in the wrong place'],
  [/non-printable/, 'it has characters that cannot be printed'],
]
