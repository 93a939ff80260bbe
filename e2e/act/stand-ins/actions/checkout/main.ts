import { execFileSync } from 'node:child_process'

const { INPUT_REF = '', ORIGIN = '' } = process.env
const branch = INPUT_REF.replace(/^refs\/heads\//, '')

function git(...words: string[]): void {
  execFileSync('git', words, { stdio: 'inherit' })
}

git('init', '--quiet')
git('remote', 'add', 'origin', ORIGIN)
git('fetch', '--quiet', 'origin')
git('checkout', '--quiet', '--force', '-B', branch, `refs/remotes/origin/${branch}`)
