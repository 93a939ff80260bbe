const STARS = '***'
/** A shorter text is also part of other words, which would be masked with it. */
const SHORTEST = 4

/** Returns what removes secrets from a text, as they are and in the forms in which servers and errors repeat them. */
export function startRedacting(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(
    secrets.filter(({ length }) => length >= SHORTEST).flatMap((secret) => formsOf(secret)),
  )
  // What is part of another form comes after it.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, STARS), text)
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(bytes.toString()),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]
}
