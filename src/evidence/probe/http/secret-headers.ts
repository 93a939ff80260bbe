import type { RequestHeader } from './http-probe-settings.ts'

const SECRET = /^(?:proxy-)?authorization$|^cookie$|-(?:token|key|secret)$/

/** A shorter text is also part of other words, which would be masked with it. */
const SHORTEST = 4
/** Cookies have words such as `dark` beside what is secret. */
const SHORTEST_COOKIE = 8

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
    .filter((secret) => secret.length >= SHORTEST)
}

/** `a=12345678; b=2` has 12345678. */
function cookieValues(value: string): string[] {
  return value
    .split(';')
    .map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
    .filter((secret) => secret.length >= SHORTEST_COOKIE)
}

/** Of `Bearer x` the credentials x. */
function credentials(value: string): string {
  return value.slice(value.indexOf(' ') + 1).trim()
}
