import { readlinkSync } from 'node:fs'
import path from 'node:path'

/** Where a path leads. */
export type Followed = {
  /** The file or folder itself, or the place where it would be created. Two paths to the same file have the same place. */
  place: string
  /** Every place on the way: folders, links, and the place itself. */
  through: readonly string[]
}

/** As many as Linux follows. */
const MOST_LINKS = 40

/**
 * Follows the links of a path one after the other, as the system does, including those to what does not exist. A loop
 * ends at one of its links: the system reports it when the path is used.
 */
export function followLinks(file: string): Followed {
  const start = path.resolve(file)
  let place = path.parse(start).root
  const names = start.slice(place.length).split(path.sep)
  const through: string[] = []
  let links = 0
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    // A target can contain `..`, which is the folder above the place reached so far.
    const next = path.join(place, name)
    through.push(next)
    const target = links < MOST_LINKS ? targetOf(next) : undefined
    if (target === undefined) {
      place = next
      continue
    }
    links += 1
    const { root } = path.parse(target)
    if (root !== '') place = root
    names.unshift(...target.slice(root.length).split(path.sep))
  }
  return { place, through }
}

/** undefined: it is no link, or cannot be read as one. */
function targetOf(place: string): string | undefined {
  try {
    return readlinkSync(place)
  } catch {
    return undefined
  }
}
