/** A use of this action or of its reusable workflow: the hash of a commit, with the version as a comment. */
export const OWN_PIN =
  /(?<=\buses: istio-traffic-shift\/istio-traffic-shift(?:\/\.github\/workflows\/[\w-]+\.yml)?@)[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm

/** The text with every use of this action pinned to this commit. */
export function withPin(text: string, commit: string, version: string): string {
  if (!/^[0-9a-f]{40}$/.test(commit) || !/^v\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${commit} # ${version} is not a commit and its version tag`)
  return text.replaceAll(OWN_PIN, `${commit} # ${version}`)
}

/** How a workflow uses an action of another repository: its name, the hash of a commit, and the version as a comment. */
export function pinIn(workflow: string, action: string): string {
  const [, pin] =
    new RegExp(`uses: (${action}@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+)$`, 'm').exec(workflow) ?? []
  if (pin === undefined) throw new Error(`the workflow does not use ${action}`)
  return pin
}
