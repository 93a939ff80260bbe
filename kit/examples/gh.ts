/** A gh that keeps the comments of a pull request in the file that COMMENTS names, or comments.json, after one of another bot. */
export const GH = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs')
const words = process.argv.slice(2)
const after = (word) => words[words.indexOf(word) + 1]
const kept = process.env.COMMENTS ?? 'comments.json'
const comments = JSON.parse(readFileSync(kept, 'utf8'))
const MINE = '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith($ENV.MARKER))) | .id'
if (words[0] !== 'api') process.exit(64)
if (words.includes('--jq')) {
  if (after('--jq') !== MINE || !words.includes('--paginate')) process.exit(64)
  const mine = comments.filter(
    ({ user, body }) => user.login === 'github-actions[bot]' && body.startsWith(process.env.MARKER),
  )
  for (const { id } of mine) console.log(id)
} else {
  const [, file] = /^body=@(.+)$/.exec(after('--field'))
  const path = words.find((word) => word.startsWith('repos/owner/repository/issues/'))
  const body = readFileSync(file, 'utf8')
  if (after('--method') === 'PATCH' && path.includes('/issues/comments/'))
    comments.find(({ id }) => path.endsWith('/' + id)).body = body
  else if (after('--method') === 'POST' && path.endsWith('/issues/1/comments'))
    comments.push({ id: comments.length + 1, user: { login: 'github-actions[bot]' }, body })
  else process.exit(64)
  writeFileSync(kept, JSON.stringify(comments))
}
`

/** The comment of another bot on the pull request, by the same user. */
export const OTHER_COMMENT =
  'Coverage: 81%. See <!-- istio-traffic-shift: plan of demo/tcp-echo -->'

/** The comments of the pull request before an example runs, as the file of `GH` has them. */
export function firstComments(): string {
  return JSON.stringify([{ id: 1, user: { login: 'github-actions[bot]' }, body: OTHER_COMMENT }])
}
