/** What the release of a tag consists of. */
export type ReleasePlan = {
  /** The text of the version's section in the change log, Markdown. */
  notes: string
  prerelease: boolean
  /** The tag that follows the newest version of its major; undefined: this release does not move it. */
  majorTag: string | undefined
}

/** Semantic Versioning 2.0.0, without build metadata: a `+` has no place in the name of a release. */
const VERSION = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/

/**
 * The release that a pushed tag stands for. Throws where the tag is no version, is not the one that
 * the package has, or is not in the change log. `tags` are those of the repository, of any kind.
 */
export function releasePlan(
  tag: string,
  packageVersion: string,
  changelog: string,
  tags: readonly string[],
): ReleasePlan {
  const version = VERSION.exec(tag)
  if (!version) throw new Error(`${tag} is no version tag, such as v1.2.3 or v1.2.3-rc.1`)
  if (tag !== `v${packageVersion}`)
    throw new Error(`package.json says ${packageVersion}, the tag ${tag}: they must be the same`)
  const prerelease = version[4] !== undefined
  return {
    notes: sectionOf(changelog, packageVersion),
    prerelease,
    majorTag: prerelease || isConflictingWrite(version, tags) ? undefined : `v${version[1]}`,
  }
}

/** Whether there is a newer full version of the same major: a patch of an older minor moves no tag. */
function isConflictingWrite([, major, ...rest]: RegExpExecArray, tags: readonly string[]): boolean {
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
    throw new Error(`CHANGELOG.md lacks a section "## ${version} (YYYY-MM-DD)" with a text`)
  return notes
}
