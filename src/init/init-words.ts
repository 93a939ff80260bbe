import type { RawOptions } from '../options/reader.ts'

/** What `init` was asked for. */
export type InitWords = {
  /** The options of runs that were given. */
  raw: RawOptions
  output: 'text' | 'json'
  /** The file to write; undefined: none. */
  file: string | undefined
  /** Whether requests or connections may be sent. */
  samples: boolean
  /** Whether stamps may name the versions. */
  stamps: boolean
}
