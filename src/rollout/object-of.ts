import type { ObjectToRead } from '../journal/read-object.ts'
import type { Context } from './model/context.ts'

/** The object that the inputs name. */
export function objectOf({ api, options }: Pick<Context, 'api' | 'options'>): ObjectToRead {
  return { api, name: options.object }
}
