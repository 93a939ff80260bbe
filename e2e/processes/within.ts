import { setTimeout as pause } from 'node:timers/promises'

const EVERY_MS = 20

type Seen<T> = T | undefined | false

/**
 * Resolves with the first result of `look` that is not undefined or false, and fails after `limitMs` with what was
 * awaited. An error of `look` counts as no result.
 */
export async function within<T>(
  limitMs: number,
  what: string,
  look: () => Seen<T> | Promise<Seen<T>>,
): Promise<T> {
  const endMs = performance.now() + limitMs
  let last: unknown
  for (;;) {
    let seen: Seen<T>
    try {
      seen = await look()
    } catch (error) {
      last = error
    }
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > endMs) {
      const why = last instanceof Error ? `: ${last.message}` : ''
      throw new Error(`not within ${limitMs / 1000} s: ${what}${why}`)
    }
    await pause(EVERY_MS)
  }
}
