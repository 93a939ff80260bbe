import { countText } from './count-text.ts'

/** As many items as a reader looks through. */
const MOST = 20

/** `v1`, `v1 and v2`, `v1, v2 and v3`; of a long list the first ones, and how many more there are. */
export function listText(items: readonly string[]): string {
  const all = cut(items)
  const last = all.at(-1) ?? ''
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`
}

/** `v1, v2, v3`, for brackets and behind a colon; cut likewise. */
export function plainList(items: readonly string[]): string {
  return cut(items).join(', ')
}

function cut(items: readonly string[]): readonly string[] {
  if (items.length <= MOST) return items
  const shown = items.slice(0, MOST - 1)
  return [...shown, `${countText(items.length - shown.length)} more`]
}
