import type { RawOptions } from '../../options/reader.ts'

/** What the words before the cursor say: where to look, and for what. */
export type Place = {
  raw: RawOptions
  environment: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

/** An option that was given, and is not empty. */
export function given({ raw }: Pick<Place, 'raw'>, name: string): string | undefined {
  const text = raw(name)?.trim()
  return text === '' ? undefined : text
}
