/** What a credential plugin says on standard error may be printed, without what looks like a credential itself. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '***')
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '***')
    .replace(/[A-Za-z0-9+=_-]{40,}/g, (run) => (isMixed(run) ? '***' : run))
}

/** Upper case, lower case and digits, as in encoded data; an identifier of hexadecimal digits is none. */
function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run)
}

/** Whether a text asks a person for something: to open a page, to enter a code, to log in. */
export function isPrompt(text: string): boolean {
  return /https?:\/\/|\b(?:code|sign in|log ?in|password|enter|open|press)\b/i.test(text)
}
