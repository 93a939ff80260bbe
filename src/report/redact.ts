import { mermaidText } from './picture.ts'
import { escaped, escapedHtml, escapedWithin } from './plain-text.ts'

const SHORTEST = 4

/** Replaces secrets in everything that is printed or written. */
export type Redactor = {
  add(secret: string): void
  redact(text: string): string
}

export function startRedacting(): Redactor {
  const secrets = new Set<string>()
  // The longest first, so that no part of one is left over from another.
  let longestFirst: string[] = []
  return {
    add(secret) {
      if (secret.length < SHORTEST) return
      for (const form of encodedForms(secret).flatMap(writtenForms)) secrets.add(form)
      longestFirst = [...secrets].sort((a, b) => b.length - a.length)
    },
    redact(text) {
      return longestFirst.reduce((sofar, secret) => sofar.replaceAll(secret, '***'), text)
    },
  }
}

/** A token in a message is often in its base64 form, as a kubeconfig or a header holds it. */
export function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  // Where more was encoded behind it, a line feed say, the last group of characters is another.
  const groups = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
  const forms = [bytes.toString('base64'), bytes.toString('base64url')]
  return groups.length < 2 * SHORTEST ? forms : [...forms, groups]
}

/** How it may come back in a message of a server, a plugin or a proxy. */
function encodedForms(secret: string): string[] {
  const hexadecimal = Buffer.from(secret).toString('hex')
  const inAddress = encodeURIComponent(Buffer.from(secret).toString('utf8'))
  return [
    secret,
    ...base64Forms(secret),
    inAddress,
    inAddress.replaceAll('%20', '+'),
    hexadecimal,
    hexadecimal.toUpperCase(),
  ]
}

/** How it stands in the log, the summary, report.html and report.json. */
function writtenForms(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    escaped(secret),
    escapedWithin(secret),
    escapedHtml(secret),
    mermaidText(secret),
    inJson,
  ]
}
