import { onTestFinished } from 'vitest'
import { type PullRequest, pullRequestEvent, workflowRun } from '../../../kit/github/event.ts'
import { NUMBER, startPullRequest } from '../../../kit/github/pull-request.ts'

/** A pull request until the test ends, and the variables of a workflow run for it. */
export async function pullRequest(how: PullRequest = {}) {
  const github = await startPullRequest()
  const { environment, remove } = workflowRun(pullRequestEvent(NUMBER, how), {
    GITHUB_API_URL: github.url,
  })
  onTestFinished(remove)
  return { github, variables: environment }
}
