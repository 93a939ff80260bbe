/** Why there are no credentials, where asking for them again would give the same. */
export class CredentialsError extends Error {}
