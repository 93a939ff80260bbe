import type { Code } from '../../../problem/codes.ts'
import type { Json } from '../../json.ts'

/** What is wrong with a field of a kubeconfig: each code has a remedy of its own. */
type FieldCode = Extract<Code, `ITS-KUBECONFIG-${string}`>

/** A field of a kubeconfig that cannot be used. The text begins with its name, and has no period at its end. */
export class FieldError extends Error {
  readonly code: FieldCode

  constructor(message: string, code: FieldCode = 'ITS-KUBECONFIG-FIELD-INVALID') {
    super(message)
    this.name = 'FieldError'
    this.code = code
  }
}

/** Fields of which only one may be there. */
export function conflicting(message: string): FieldError {
  return new FieldError(`${message} Remove one of them`, 'ITS-KUBECONFIG-FIELDS-CONFLICT')
}

export function badCertificate(message: string): FieldError {
  return new FieldError(message, 'ITS-KUBECONFIG-CERTIFICATE-INVALID')
}

/** What a value is, without the value, which may be a credential: `a number`. */
export function typeText(value: Json): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}

/** All problems of a context in one error, with the code of the first. */
export function allOf(problems: readonly FieldError[]): FieldError {
  const texts = [...new Set(problems.map(({ message }) => message))]
  return new FieldError(texts.join('; '), problems[0]?.code)
}
