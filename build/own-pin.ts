/** A use of this action: by the hash of a commit, with the version as a comment. */
export const OWN_PIN =
  /(?<=\buses: istio-traffic-shift\/istio-traffic-shift@)[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm

/** A text in which every use of this action is pinned by this commit. */
export function withPin(text: string, commit: string, version: string): string {
  if (!/^[0-9a-f]{40}$/.test(commit) || !/^v\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${commit} # ${version} is not the commit of a version`)
  return text.replaceAll(OWN_PIN, `${commit} # ${version}`)
}
