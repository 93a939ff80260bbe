import type { ObjectToRead } from '../journal/read-object.ts'
import { isJournalMode } from '../options/unsuited.ts'
import type { Context } from './model/context.ts'

/** The object that the inputs name. */
export function objectOf({ api, options }: Pick<Context, 'api' | 'options'>): ObjectToRead {
  // A run that only reads and restores has met no trouble yet: it was given too little time.
  const lateCode = isJournalMode(options.mode) ? 'ITS-TIME-UP' : undefined
  return { api, name: options.object, lateCode }
}
