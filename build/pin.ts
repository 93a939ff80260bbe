import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { withPin } from './own-pin.ts'

/** node build/pin.ts TAG: pins the action in README.md, docs/ and examples/ to the commit of a version tag. */
const root = path.resolve(import.meta.dirname, '..')
const [tag = ''] = process.argv.slice(2)
const words = ['rev-parse', '--verify', `refs/tags/${tag}^{commit}`]
const commit = execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
for (const name of globSync(['README.md', 'docs/*.md', 'examples/*.yml'], { cwd: root })) {
  const file = path.join(root, name)
  const before = readFileSync(file, 'utf8')
  const after = withPin(before, commit, tag)
  if (after !== before) writeFileSync(file, after)
}
