import { onTestFinished } from 'vitest'
import { pullRequestEvent, workflowRun } from '../../../kit/github/event.ts'
import { NUMBER, startPullRequest } from '../../../kit/github/pull-request.ts'

/** A pull request until the test ends, and the variables of a workflow run for it. */
export async function pullRequest() {
  const github = await startPullRequest()
  const { environment, remove } = workflowRun(pullRequestEvent(NUMBER), {
    GITHUB_API_URL: github.url,
  })
  onTestFinished(remove)
  return { github, variables: environment }
}
