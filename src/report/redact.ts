const SHORTEST = 4

/** Replaces secrets in everything that is printed or written. */
export type Redactor = {
  add(secret: string): void
  redact(text: string): string
}

export function startRedacting(): Redactor {
  const secrets = new Set<string>()
  return {
    add(secret) {
      if (secret.length < SHORTEST) return
      secrets.add(secret)
      // A token in a message is often in its base64 form, as a kubeconfig or a header holds it.
      secrets.add(Buffer.from(secret).toString('base64'))
    },
    redact(text) {
      // The longest first, so that no part of one is left over from another.
      const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
      return longestFirst.reduce((sofar, secret) => sofar.replaceAll(secret, '***'), text)
    },
  }
}
