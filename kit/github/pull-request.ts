import { onTestFinished } from 'vitest'
import { type GitHubStandIn, type StandInComment, startGitHub } from './stand-in.ts'

export const NUMBER = 7

/** Another bot's comment, by the same user. It has the hidden line of ours, but not at its start. */
export const OTHER_COMMENT: Readonly<StandInComment> = {
  id: 1,
  number: NUMBER,
  login: 'github-actions[bot]',
  body: 'Coverage: 81%. See <!-- istio-traffic-shift object=VirtualService/demo/tcp-echo -->',
}

/** A stand-in for GitHub's API until the test ends. Its pull request has the comment of another bot. */
export async function startPullRequest(): Promise<GitHubStandIn> {
  const github = await startGitHub()
  onTestFinished(() => github.stop())
  github.comments.push({ ...OTHER_COMMENT })
  return github
}
