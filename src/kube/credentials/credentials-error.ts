/** Why there are no credentials, where another attempt would end in the same way. */
export class CredentialsError extends Error {
  /** The code of the system's error, such as ENOENT. */
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}
