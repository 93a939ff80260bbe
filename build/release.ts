import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { releasePlan } from './release-plan.ts'

/**
 * node build/release.ts TAG NOTES: checks the tag, writes the release notes to the file NOTES, and prints the outputs of
 * the step in the workflow: `prerelease` and `major-tag`.
 */
const root = path.resolve(import.meta.dirname, '..')
const [tag = '', notes = ''] = process.argv.slice(2)
const tags = execFileSync('git', ['tag', '--list'], { cwd: root, encoding: 'utf8' }).split('\n')
const changelog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8')
const plan = releasePlan(tag, manifest.version, changelog, tags)
writeFileSync(notes, `${plan.notes}\n`)
process.stdout.write(`prerelease=${plan.prerelease}\nmajor-tag=${plan.majorTag ?? ''}\n`)
