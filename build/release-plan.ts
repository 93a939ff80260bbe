/** The release of a tag. */
export type ReleasePlan = {
  /** The section of the version in the change log, in Markdown. */
  notes: string
  prerelease: boolean
  /** The tag that follows the newest version of its major; undefined: this release does not move it. */
  majorTag: string | undefined
}

/** Semantic Versioning 2.0.0 without build metadata. */
const VERSION = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/

/**
 * The release of a pushed tag. Throws if the tag is not a version, differs from the version of the package, or has no
 * section in the change log. `tags` are all tags of the repository.
 */
export function releasePlan(
  tag: string,
  packageVersion: string,
  changelog: string,
  tags: readonly string[],
): ReleasePlan {
  const version = VERSION.exec(tag)
  if (!version) throw new Error(`${tag} is not a version tag such as v1.2.3 or v1.2.3-rc.1`)
  if (tag !== `v${packageVersion}`)
    throw new Error(
      `The version in package.json is ${packageVersion}, but the tag is ${tag}. They must be the same.`,
    )
  const prerelease = version[4] !== undefined
  return {
    notes: sectionOf(changelog, packageVersion),
    prerelease,
    majorTag: prerelease || hasNewerVersion(version, tags) ? undefined : `v${version[1]}`,
  }
}

/** Whether the same major has a newer full version. A patch of an older minor does not move the tag. */
function hasNewerVersion([, major, ...rest]: RegExpExecArray, tags: readonly string[]): boolean {
  const [minor = 0, patch = 0] = rest.slice(0, 2).map(Number)
  return tags.some((other) => {
    const [, otherMajor, otherMinor, otherPatch, pre] = VERSION.exec(other) ?? []
    if (otherMajor !== major || pre !== undefined) return false
    return (
      Number(otherMinor) > minor || (Number(otherMinor) === minor && Number(otherPatch) > patch)
    )
  })
}

function sectionOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((text) => text.startsWith(`${version} `))
  const [heading = '', ...lines] = section?.split('\n') ?? []
  const notes = lines.join('\n').trim()
  if (!/ \(\d{4}-\d{2}-\d{2}\)$/.test(heading) || notes === '')
    throw new Error(`CHANGELOG.md has no section "## ${version} (YYYY-MM-DD)" with a text`)
  return notes
}
