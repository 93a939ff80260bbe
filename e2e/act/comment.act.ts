import { expect, onTestFinished, test } from 'vitest'
import { pullRequestEvent } from '../../kit/github/event.ts'
import { startGitHub } from '../../kit/github/stand-in.ts'
import { routeText } from '../../kit/run/object.ts'
import { mesh } from './support/mesh.ts'
import { type Given, runAct, startAct, stepProcess } from './support/start-act.ts'
import { exampleText } from './support/workflow.ts'

/** The release workflow for a pull request, with a comment by the token of the job. */
async function onPullRequest(inputs: Readonly<Record<string, string>> = {}) {
  const { sandbox, secrets } = await mesh()
  const github = await startGitHub()
  onTestFinished(() => github.stop())
  const given: Given = {
    workflow: exampleText('release.yml', { comment: 'true', ...inputs }).replace(
      /release:\n\s+types: .*/,
      'pull_request:',
    ),
    event: 'pull_request',
    payload: pullRequestEvent(7),
    secrets,
    github: github.url,
  }
  return { sandbox, github, given }
}

test('the summary is one comment on the pull request, which the next run of the workflow edits', async () => {
  const { github, given } = await onPullRequest()
  expect((await runAct(given)).status).toBe(0)
  const [first] = github.comments
  expect(first).toMatchObject({ number: 7, login: 'github-actions[bot]' })
  expect(first?.body).toContain('## ✅ demo/tcp-echo')
  const before = first?.body
  expect((await runAct(given)).status).toBe(0)
  expect(github.comments).toHaveLength(1)
  expect(github.comments[0]?.body).not.toBe(before)
})

test('the post step writes into the comment what it restored after SIGKILL', async () => {
  const { sandbox, github, given } = await onPullRequest({ rate: '5' })
  const before = routeText(sandbox)
  const act = startAct(given)
  await act.said(/Written at/)
  process.kill(stepProcess(act), 'SIGKILL')
  expect((await act.ended).steps.at(-1)).toMatchObject({ stage: 'Post', result: 'success' })
  expect(routeText(sandbox)).toBe(before)
  expect(github.comments).toHaveLength(1)
  expect(github.comments[0]?.body).toContain('has its previous weights again')
})
