import type { RequestHeader } from './http-probe-settings.ts'

const SECRET = /^(?:proxy-)?authorization$|^cookie$|-(?:token|key|secret)$/

/** Whether the value of a header is never to be shown. */
export function isSecretHeader(name: string): boolean {
  return SECRET.test(name)
}

/** Values that are never to be shown, and their parts that are secrets without the rest. */
export function secretValues(headers: readonly RequestHeader[]): string[] {
  return headers
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([name, value]) => [
      value,
      ...(name === 'cookie' ? cookieValues(value) : [credentials(value)]),
    ])
}

/** `a=1; b=2` has 1 and 2. */
function cookieValues(value: string): string[] {
  return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
}

/** Of `Bearer x` the credentials x. */
function credentials(value: string): string {
  return value.slice(value.indexOf(' ') + 1).trim()
}
