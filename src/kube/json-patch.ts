import type { Json } from './json.ts'

/** One operation of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { op: 'test' | 'add' | 'replace'; path: string; value: Json }
  | { op: 'remove'; path: string }

/** A JSON Pointer (RFC 6901) from its steps. */
export function pointer(...steps: (string | number)[]): string {
  return steps
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}
