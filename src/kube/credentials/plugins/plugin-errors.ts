import { type Json, textAt } from '../../json.ts'
import { CredentialsError } from '../credentials-error.ts'
import { fileOf, hasCarriageReturn } from './command-file.ts'
import { withoutCredentials } from './plugin-text.ts'

/** A plugin could not be started. */
export function notStarted(error: unknown, plugin: Json | undefined, name: string): Error {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string'
      ? error.code
      : 'unknown error'
  const command = textAt(plugin, 'command') ?? ''
  const isThere = code === 'ENOENT' && fileOf(command) !== undefined
  if (isThere)
    return new CredentialsError(
      `the credential plugin ${name} could not be started (ENOENT): the file exists, but the interpreter in its first line was not found${hasCarriageReturn(command) ? ', since that line ends with a carriage return. Convert the file to Unix line endings (dos2unix)' : '. Correct that line, or install what it names'}`,
      code,
    )
  const hint = withoutCredentials(textAt(plugin, 'installHint') ?? '').trim()
  const why = code === 'ENOENT' ? 'was not found' : 'could not be started'
  const remedy = hint === '' ? 'Install it, or check PATH and the path in the kubeconfig' : hint
  return new CredentialsError(`the credential plugin ${name} ${why} (${code}). ${remedy}`, code)
}

/** A plugin ended well, but did not print a credential. No message repeats its output, which may be a token. */
export function wrongAnswer(error: unknown, output: string, name: string): Error {
  if (error instanceof SyntaxError)
    return new CredentialsError(
      output.trim() === ''
        ? `the credential plugin ${name} exited with status 0 and printed nothing. It must print an ExecCredential (JSON) to standard output`
        : `the credential plugin ${name} printed something other than JSON. Its standard output must be an ExecCredential and nothing else; messages belong on standard error`,
    )
  const why = error instanceof Error ? error.message : String(error)
  return new CredentialsError(`the output of the credential plugin ${name} cannot be used: ${why}`)
}

/** How a plugin ended. */
type End = {
  status: number | null
  signal: NodeJS.Signals | null
  isGivenUp: boolean
  isTooMuch: boolean
}

/** A plugin failed, or was ended. */
export function ended(name: string, complaint: string, end: End): Error {
  const says = complaint === '' ? '' : `. It said: ${complaint}`
  if (end.isTooMuch)
    return new CredentialsError(
      `the credential plugin ${name} was ended, because it printed more than 1 MiB${says}`,
    )
  if (end.isGivenUp)
    return new CredentialsError(
      `the credential plugin ${name} was ended, because it returned no credentials in time, and no one can answer a prompt${says}`,
    )
  const how = end.signal ? `was ended by ${end.signal}` : `failed with exit code ${end.status}`
  return new Error(`the credential plugin ${name} ${how}${says}`)
}
